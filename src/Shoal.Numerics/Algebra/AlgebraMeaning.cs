namespace Shoal.Numerics.Algebra;

/// <summary>What dense algebra means, as plain loops: the order of every sum is the definition that all widths and numbers of threads keep to the bit.</summary>
/// <remarks>Slow, and kept as the oracle of the tests. Matrices are row-major without gaps.</remarks>
internal static partial class AlgebraMeaning
{
    /// <summary>c (rows, columns) = alpha·a·b + beta·c: one chain over the depth.</summary>
    internal static void Product(int rows, int columns, int depth, double alpha, ReadOnlySpan<double> a, ReadOnlySpan<double> b, double beta, Span<double> c)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = 0.0;
                for (var k = 0; k < depth; k++)
                    sum = Math.FusedMultiplyAdd(a[(row * depth) + k], b[(k * columns) + column], sum);
                var value = Math.FusedMultiplyAdd(alpha, sum, 0);
                ref var target = ref c[(row * columns) + column];
                target = beta == 0 ? value : Math.FusedMultiplyAdd(beta, target, value);
            }
        }
    }

    /// <summary>The same in float, with a bias for each column (or none) and a ReLU.</summary>
    internal static void Product(
        int rows, int columns, int depth, float alpha, ReadOnlySpan<float> a, ReadOnlySpan<float> b, float beta, ReadOnlySpan<float> bias, bool relu, Span<float> c)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                    sum = MathF.FusedMultiplyAdd(a[(row * depth) + k], b[(k * columns) + column], sum);
                var value = MathF.FusedMultiplyAdd(alpha, sum + 0f, bias.IsEmpty ? 0f : bias[column] + 0f);
                ref var target = ref c[(row * columns) + column];
                value = beta == 0 ? value : MathF.FusedMultiplyAdd(beta, target, value);
                target = relu && value < 0f ? 0f : value;
            }
        }
    }
}
