namespace Shoal.Numerics.Kernels.Meaning;

/// <summary>
/// What each kernel means, as plain loops: the order of every sum is the definition that all widths and numbers of threads keep to the bit.
/// </summary>
/// <remarks>Slow, and kept as the oracle of the tests. See README.md beside the kernels for the rules.</remarks>
internal static partial class ScalarMeaning
{
    internal static int Shards(int batch) => (batch + IKernels.ShardRows - 1) / IKernels.ShardRows;

    /// <summary>The binary tree over shards: neighbours are added pairwise, an odd last one is passed on, until one is left.</summary>
    internal static float Tree(Span<float> shards)
    {
        for (var n = shards.Length; n > 1; n = (n + 1) / 2)
        {
            for (var i = 0; i < n / 2; i++)
                shards[i] = shards[2 * i] + shards[(2 * i) + 1];
            if (n % 2 == 1)
                shards[n / 2] = shards[n - 1];
        }

        return shards[0];
    }

    /// <summary>The same tree in double.</summary>
    internal static double Tree(Span<double> shards)
    {
        for (var n = shards.Length; n > 1; n = (n + 1) / 2)
        {
            for (var i = 0; i < n / 2; i++)
                shards[i] = shards[2 * i] + shards[(2 * i) + 1];
            if (n % 2 == 1)
                shards[n / 2] = shards[n - 1];
        }

        return shards[0];
    }

    /// <summary>relu?((sum + bias)·scale + shift); a missing bias is +0, and so is a bias of −0, which makes the sign of a zero sum +.</summary>
    internal static float Finish(
        float sum, int channel, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, bool relu)
    {
        var value = sum + (bias.IsEmpty ? 0f : bias[channel] + 0f);
        value = MathF.FusedMultiplyAdd(value, scale.IsEmpty ? 1f : scale[channel], shift.IsEmpty ? 0f : shift[channel]);
        return relu && value < 0f ? 0f : value;
    }
}
