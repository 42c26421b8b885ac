namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>y = left + right for each value; <paramref name="y"/> may be either of them.</summary>
    void Add(int length, Storage left, Storage right, Storage y);

    /// <summary>
    /// Copies <paramref name="blocks"/> runs of <paramref name="length"/> values, each beginning one stride behind the one before: what joins and
    /// cuts arrays along an axis.
    /// </summary>
    /// <param name="blocks">How many runs.</param>
    /// <param name="length">Values of a run.</param>
    /// <param name="source">Read.</param>
    /// <param name="sourceOffset">Where the first run begins.</param>
    /// <param name="sourceStride">From one run to the next, 0 or more.</param>
    /// <param name="destination">Written.</param>
    /// <param name="destinationOffset">Where the first run goes.</param>
    /// <param name="destinationStride">From one run to the next, at least <paramref name="length"/>.</param>
    void CopyBlocks(
        int blocks, int length, Storage source, int sourceOffset, int sourceStride, Storage destination, int destinationOffset, int destinationStride);
}
