using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The largest value of each window and channel.</summary>
/// <remarks>
/// x (rows, height, width, channels), y (rows, output height, output width, channels). Where a window holds its maximum more than once, the
/// first in row-major order gets the whole gradient.
/// </remarks>
/// <param name="poolSize">Rows and columns of a window. <value>2</value></param>
/// <param name="strides">Steps of the window. <value>the pool size</value></param>
/// <param name="padding">What lies beyond the edge. <value><see cref="Padding.Valid"/></value></param>
/// <param name="name">A name within the model. <value>max_pooling2d</value></param>
public sealed class MaxPool(Size2D? poolSize = null, Size2D? strides = null, Padding padding = Padding.Valid, string? name = null)
    : PoolingLayer("MaxPooling2D", poolSize, strides, padding, name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsOutput => true;

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.MaxPoolForward(ShapeFor(pass.Rows), x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.MaxPoolGradient(ShapeFor(pass.Rows), x, y, dy, dx);
    }

    internal static MaxPool Read(LayerOptionsReader options) => new(
        options.Size("poolSize"), options.Size("strides"), options.Boolean("same") ? Padding.Same : Padding.Valid, options.Name);
}
