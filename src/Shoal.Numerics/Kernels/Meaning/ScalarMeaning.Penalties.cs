namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>In double: Σ|w| and Σw² as one chain in each block, then the tree over the blocks; rounded to float at the end.</summary>
    internal static float Penalty(float l1, float l2, ReadOnlySpan<float> weights)
    {
        var blocks = (weights.Length + IKernels.PenaltyBlock - 1) / IKernels.PenaltyBlock;
        var (sums, squares) = (new double[blocks], new double[blocks]);
        for (var i = 0; i < weights.Length; i++)
        {
            double w = weights[i];
            sums[i / IKernels.PenaltyBlock] += Math.Abs(w);
            ref var square = ref squares[i / IKernels.PenaltyBlock];
            square = Math.FusedMultiplyAdd(w, w, square);
        }

        return Penalty(l1, l2, Tree(sums), Tree(squares));
    }

    internal static float Penalty(float l1, float l2, double sum, double squares) => (float)Math.FusedMultiplyAdd(l1, sum, l2 * squares);

    /// <summary>fma(2·l2, w, gradient), then l1 with the sign of w added.</summary>
    internal static void PenaltyGradient(float l1, float l2, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var w = weights[i];
            gradient[i] = MathF.FusedMultiplyAdd(2f * l2, w, gradient[i]) + (w > 0f ? l1 : 0f > w ? -l1 : 0f);
        }
    }
}
