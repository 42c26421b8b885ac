using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    /// <summary>
    /// The bound of docs/performance.md: u·81·C·(C + 7)·max|x|·max|kernel| for an output of C channels, where u = 2⁻²⁴; a single chain has 81·C².
    /// </summary>
    [Fact]
    public void The_error_of_a_winograd_convolution_stays_within_its_bound()
    {
        var s = new Conv2DShape(1, 10, 10, 32, 3, 3, 32, 1, 1, false);
        var (x, kernel) = (Numbers(100 * 32, 1), Numbers(9 * 32 * 32, 2));
        using var y = _kernels.Allocate(64 * 32);

        _kernels.Conv2DForward(s, Put(x), Put(kernel), null, default, y);

        var actual = Take(y);
        var (largest, single) = (0.0, 0.0);
        for (var at = 0; at < actual.Length; at++)
        {
            var (row, column, f) = (at / 32 / 8, at / 32 % 8, at % 32);
            var (exact, chain) = (0.0, 0f);
            for (var i = 0; i < 9 * 32; i++)
            {
                var (value, weight) = (x[((((row + (i / 96)) * 10) + column + (i / 32 % 3)) * 32) + (i % 32)], kernel[(i * 32) + f]);
                exact = Math.FusedMultiplyAdd(value, weight, exact);
                chain = MathF.FusedMultiplyAdd(value, weight, chain);
            }

            largest = Math.Max(largest, Math.Abs(actual[at] - exact));
            single = Math.Max(single, Math.Abs(chain - exact));
        }

        largest.ShouldBeLessThan(Math.Pow(2, -24) * 81 * 32 * (32 + 7) * x.Max(MathF.Abs) * kernel.Max(MathF.Abs));
        largest.ShouldBeLessThan(4 * single, "in practice the shorter chains make up for the transforms");
    }
}
