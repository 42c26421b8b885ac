namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    internal static void Add(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++)
            y[i] = left[i] + right[i];
    }

    internal static void CopyBlocks(int blocks, int length, ReadOnlySpan<float> source, int sourceStride, Span<float> destination, int destinationStride)
    {
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < length; i++)
                destination[(block * destinationStride) + i] = source[(block * sourceStride) + i];
        }
    }
}
