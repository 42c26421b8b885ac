using System.Runtime.InteropServices;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>A result that stays at the kernels, so that the next node's kernel takes it from there.</summary>
internal sealed class KernelImage(IKernels kernels, Storage storage)
{
    public Storage Storage { get; } = storage;

    public byte[] Read(int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count * sizeof(float));
        kernels.Read(Storage, MemoryMarshal.Cast<byte, float>(bytes.AsSpan()));
        return bytes;
    }
}
