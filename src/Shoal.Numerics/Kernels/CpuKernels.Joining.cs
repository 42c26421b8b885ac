namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Add(int length, Storage left, Storage right, Storage y)
    {
        var (a, b) = (Source(left, length), Source(right, length));
        _engine.Add(length, a.Pointer, b.Pointer, Destination(y, length).Pointer);
        KeepAlive(left, right, y);
    }

    /// <inheritdoc/>
    public void CopyBlocks(
        int blocks, int length, Storage source, int sourceOffset, int sourceStride, Storage destination, int destinationOffset, int destinationStride)
    {
        if (blocks < 1 || length < 1 || sourceOffset < 0 || sourceStride < 0 || destinationOffset < 0 || destinationStride < length)
        {
            throw new ArgumentException(
                $"CopyBlocks: {blocks} blocks of {length} values from {sourceOffset} by {sourceStride} to {destinationOffset} by {destinationStride}; "
                + "blocks and length must be 1 or more, offsets and strides not negative, the stride of the destination at least the length.");
        }

        var from = Source(source, sourceOffset + ((long)(blocks - 1) * sourceStride) + length);
        var to = Destination(destination, destinationOffset + ((long)(blocks - 1) * destinationStride) + length);
        _engine.CopyBlocks(blocks, length, from.Pointer + sourceOffset, sourceStride, to.Pointer + destinationOffset, destinationStride);
        KeepAlive(source, destination);
    }
}
