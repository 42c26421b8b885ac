namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    internal static void Accumulate(ReadOnlySpan<float> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++)
            destination[i] += source[i];
    }
}
