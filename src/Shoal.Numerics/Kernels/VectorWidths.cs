using System.Runtime.Intrinsics;

namespace Shoal.Numerics.Kernels;

/// <summary>The width to compute with where none is asked for.</summary>
internal static class VectorWidths
{
    /// <summary>The widest that this machine computes with.</summary>
    internal static VectorWidth Hardware { get; } = Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>That of the environment variable <see cref="CpuKernels.WidthVariable"/>, else the widest.</summary>
    internal static VectorWidth Default()
    {
        var text = Environment.GetEnvironmentVariable(CpuKernels.WidthVariable);
        if (string.IsNullOrEmpty(text))
            return Hardware;
        return int.TryParse(text, out var bits) && Enum.IsDefined((VectorWidth)bits)
            ? (VectorWidth)bits
            : throw new ArgumentException($"{CpuKernels.WidthVariable} is \"{text}\"; set it to 32, 128, 256 or 512, or unset it for the widest that the machine has.");
    }
}
