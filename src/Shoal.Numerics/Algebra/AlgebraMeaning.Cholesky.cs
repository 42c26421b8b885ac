namespace Shoal.Numerics.Algebra;

internal static partial class AlgebraMeaning
{
    /// <summary>L in the lower triangle of a (n, n). One chain for each earlier block of columns, one element at a time within its own.</summary>
    internal static void Cholesky(int n, Span<double> a)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var own = j / DoubleEngine.FactorBlock * DoubleEngine.FactorBlock;
                var value = a[(i * n) + j];
                for (var block = 0; block < own; block += DoubleEngine.FactorBlock)
                {
                    var sum = 0.0;
                    for (var k = block; k < block + DoubleEngine.FactorBlock; k++)
                        sum = Math.FusedMultiplyAdd(a[(i * n) + k], a[(j * n) + k], sum);
                    value -= sum;
                }

                for (var k = own; k < j; k++)
                    value = Math.FusedMultiplyAdd(-a[(i * n) + k], a[(j * n) + k], value);
                a[(i * n) + j] = i == j ? Math.Sqrt(value) : value / a[(j * n) + j];
            }
        }
    }
}
