using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>A matrix product y = x·w: x (rows, inputs), w (inputs, outputs), y (rows, outputs), all row-major.</summary>
[Experimental("SHOAL002")]
public readonly record struct DenseShape(int Rows, int Inputs, int Outputs);

/// <summary>
/// A two-dimensional convolution over channels-last images: x (Batch, Height, Width, Channels), kernel
/// (KernelHeight, KernelWidth, Channels, Filters), y (Batch, OutputHeight, OutputWidth, Filters).
/// </summary>
/// <remarks>
/// Padding "valid" has no padding and output ⌊(n−k)/s⌋+1; "same" has output ⌈n/s⌉ and total padding
/// max((out−1)·s+k−n, 0), the smaller half first (top, left).
/// </remarks>
[Experimental("SHOAL002")]
public readonly record struct Conv2DShape(
    int Batch, int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int Filters, int StrideHeight, int StrideWidth, bool Same)
{
    /// <summary>The rows of the output.</summary>
    public int OutputHeight => Output(Height, KernelHeight, StrideHeight);

    /// <summary>The columns of the output.</summary>
    public int OutputWidth => Output(Width, KernelWidth, StrideWidth);

    /// <summary>Rows of padding above the first row.</summary>
    public int PadTop => PadBefore(Height, KernelHeight, StrideHeight, OutputHeight);

    /// <summary>Columns of padding left of the first column.</summary>
    public int PadLeft => PadBefore(Width, KernelWidth, StrideWidth, OutputWidth);

    private int Output(int n, int k, int stride) => Same ? (n + stride - 1) / stride : n < k ? 0 : (n - k) / stride + 1;

    private int PadBefore(int n, int k, int stride, int output) => Same ? Math.Max((output - 1) * stride + k - n, 0) / 2 : 0;
}

/// <summary>Pooling windows over channels-last images (Batch, Height, Width, Channels); padding as in <see cref="Conv2DShape"/>.</summary>
[Experimental("SHOAL002")]
public readonly record struct PoolShape(
    int Batch, int Height, int Width, int Channels, int PoolHeight, int PoolWidth, int StrideHeight, int StrideWidth, bool Same)
{
    private Conv2DShape Window => new(Batch, Height, Width, Channels, PoolHeight, PoolWidth, Channels, StrideHeight, StrideWidth, Same);

    /// <summary>The rows of the output.</summary>
    public int OutputHeight => Window.OutputHeight;

    /// <summary>The columns of the output.</summary>
    public int OutputWidth => Window.OutputWidth;

    /// <summary>Rows of padding above the first row.</summary>
    public int PadTop => Window.PadTop;

    /// <summary>Columns of padding left of the first column.</summary>
    public int PadLeft => Window.PadLeft;
}

/// <summary>Values whose last axis is channels: (Batch, Positions, Channels), where Positions is height times width, or 1 behind a dense layer.</summary>
[Experimental("SHOAL002")]
public readonly record struct ChannelShape(int Batch, int Positions, int Channels)
{
    /// <summary>All values.</summary>
    public int Length => Batch * Positions * Channels;
}

/// <summary>What is done to each output of a dense layer or convolution before it is stored: y = relu?((sum + bias)·scale + shift), all per channel.</summary>
/// <param name="Scale">(Channels), or null for 1.</param>
/// <param name="Shift">(Channels), or null for 0.</param>
/// <param name="Relu">Whether negative values become 0.</param>
[Experimental("SHOAL002")]
public readonly record struct Epilogue(Storage? Scale, Storage? Shift, bool Relu);
