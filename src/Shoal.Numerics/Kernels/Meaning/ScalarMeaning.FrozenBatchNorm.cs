namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>dgamma and dbeta as in <see cref="BatchNormGradient"/>; dx = dy·scale with the scale of <see cref="BatchNormForward"/>.</summary>
    internal static void BatchNormFrozenGradient(
        ChannelShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance,
        ReadOnlySpan<float> gamma, float epsilon, Span<float> dGamma, Span<float> dBeta, Span<float> dx)
    {
        BatchNormGradient(s, x, dy, mean, variance, gamma, epsilon, dGamma, dBeta, new float[s.Length]);
        for (var i = 0; i < s.Length; i++)
        {
            var c = i % s.Channels;
            dx[i] = dy[i] * (float)(gamma[c] * ReciprocalDeviation(variance[c], epsilon));
        }
    }
}
