using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The mean of each window and channel; what lies beyond the edge does not count.</summary>
/// <remarks>x (rows, height, width, channels), y (rows, output height, output width, channels).</remarks>
/// <param name="poolSize">Rows and columns of a window. <value>2</value></param>
/// <param name="strides">Steps of the window. <value>the pool size</value></param>
/// <param name="padding">What lies beyond the edge. <value><see cref="Padding.Valid"/></value></param>
/// <param name="name">A name within the model. <value>average_pooling2d</value></param>
public sealed class AveragePool(Size2D? poolSize = null, Size2D? strides = null, Padding padding = Padding.Valid, string? name = null)
    : PoolingLayer("AveragePooling2D", poolSize, strides, padding, name)
{
    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.AveragePoolForward(ShapeFor(pass.Rows), x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.AveragePoolGradient(ShapeFor(pass.Rows), dy, dx);
    }

    internal static AveragePool Read(LayerOptionsReader options) => new(
        options.Size("poolSize"), options.Size("strides"), options.Boolean("same") ? Padding.Same : Padding.Valid, options.Name);
}
