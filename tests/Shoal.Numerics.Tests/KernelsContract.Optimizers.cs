using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    private static IEnumerable<int> SweptLengths => Enumerable.Range(0, 258).Append(16384).Append(40001);

    private static WeightUpdate[] Updates => [WeightUpdate.Plain, new(0.3f, 0.2f, 1e-2f)];

    [Theory]
    [InlineData(0f, false)]
    [InlineData(0.9f, false)]
    [InlineData(0.9f, true)]
    public void Sgd_has_the_bits_of_its_meaning(float momentum, bool nesterov)
    {
        foreach (var n in SweptLengths)
        {
            foreach (var update in Updates)
            {
                float[] w = Numbers(n, 1), g = Numbers(n, 2), v = Numbers(n, 3);
                using Storage sw = Put(w), sg = Put(g), sv = Put(v);
                if (momentum == 0)
                    ScalarMeaning.Sgd(w, g, 0.07f, update);
                else
                    ScalarMeaning.Sgd(w, g, v, 0.07f, momentum, nesterov, update);

                _kernels.Sgd(n, sw, sg, momentum == 0 ? null : sv, 0.07f, momentum, nesterov, update);

                ShouldBeSameBits(Take(sw), w, $"weights of {n}");
                ShouldBeSameBits(Take(sv), v, $"velocity of {n}");
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void RmsProp_has_the_bits_of_its_meaning(bool centered, bool momentum)
    {
        foreach (var n in SweptLengths)
        {
            foreach (var update in Updates)
            {
                float[] w = Numbers(n, 1), g = Numbers(n, 2), v = [.. Numbers(n, 3).Select(Math.Abs)], a = Numbers(n, 4), m = Numbers(n, 5);
                using Storage sw = Put(w), sg = Put(g), sv = Put(v), sa = Put(a), sm = Put(m);
                ScalarMeaning.RmsProp(w, g, v, centered ? a : [], momentum ? m : [], 0.01f, ScalarMeaning.OneMinus(0.9f), 0.7f, 1e-7f, update);

                _kernels.RmsProp(n, sw, sg, sv, centered ? sa : null, momentum ? sm : null, 0.01f, 0.9f, 0.7f, 1e-7f, update);

                ShouldBeSameBits(Take(sw), w, $"weights of {n}");
                ShouldBeSameBits(Take(sv), v, $"velocity of {n}");
                ShouldBeSameBits(Take(sa), a, $"average of {n}");
                ShouldBeSameBits(Take(sm), m, $"momentum of {n}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adam_with_options_has_the_bits_of_its_meaning(bool largest)
    {
        foreach (var n in SweptLengths)
        {
            foreach (var update in Updates)
            {
                float[] w = Numbers(n, 1), g = Numbers(n, 2), m = Numbers(n, 3), v = [.. Numbers(n, 4).Select(Math.Abs)], u = [.. Numbers(n, 5).Select(Math.Abs)];
                if (n > 40)
                    (g[3], g[38]) = (float.NaN, float.PositiveInfinity);
                using Storage sw = Put(w), sg = Put(g), sm = Put(m), sv = Put(v), su = Put(u);
                ScalarMeaning.Adam(w, g, m, v, largest ? u : [], 0.01f, ScalarMeaning.OneMinus(0.9f), ScalarMeaning.OneMinus(0.999f), 1e-7f, update);

                _kernels.Adam(n, sw, sg, sm, sv, largest ? su : null, 0.01f, 0.9f, 0.999f, 1e-7f, update);

                ShouldBeSameBits(Take(sw), w, $"weights of {n}");
                ShouldBeSameBits(Take(sm), m, $"m of {n}");
                ShouldBeSameBits(Take(sv), v, $"v of {n}");
                ShouldBeSameBits(Take(su), u, $"largest of {n}");
            }
        }
    }

    [Fact]
    public void Sums_of_squares_and_running_means_have_the_bits_of_their_meaning()
    {
        foreach (var n in SweptLengths.Append(4096).Append(4097).Append(8191).Append(70001))
        {
            float[] x = Numbers(n, 1), average = Numbers(n, 2);
            using Storage sx = Put(x), sa = Put(average);
            ScalarMeaning.MoveTowards(x, 0.01f, average);

            _kernels.MoveTowards(n, sx, 0.01f, sa);

            ShouldBeSameBits(Take(sa), average, $"running mean of {n}");
            BitConverter.DoubleToInt64Bits(_kernels.SumOfSquares(n, sx)).ShouldBe(BitConverter.DoubleToInt64Bits(ScalarMeaning.SumOfSquares(x)), $"of {n}");
            _kernels.SumOfSquares(n, sx).ShouldBe(x.Sum(value => (double)value * value), 1e-9 * (n + 1));
        }
    }

    [Fact]
    public void A_warm_optimizer_allocates_nothing()
    {
        const int N = 9001;
        using Storage w = Put(Numbers(N, 1)), g = Put(Numbers(N, 2)), a = _kernels.Allocate(N), b = _kernels.Allocate(N), c = _kernels.Allocate(N);
        void Step()
        {
            var update = WeightUpdate.Plain with { Scale = (float)(1 / (1 + _kernels.SumOfSquares(N, g))) };
            _kernels.Sgd(N, w, g, a, 0.1f, 0.9f, true, update);
            _kernels.RmsProp(N, w, g, a, b, c, 0.1f, 0.9f, 0.5f, 1e-7f, update);
            _kernels.Adam(N, w, g, a, b, c, 0.1f, 0.9f, 0.999f, 1e-7f, update);
            _kernels.MoveTowards(N, w, 0.1f, c);
        }

        Step();
        Step();

        AllocatedBytes.Least(Step).ShouldBe(0);
    }

    [Fact]
    public void Decays_outside_0_to_1_are_refused_by_name()
    {
        using var x = _kernels.Allocate(4);

        Should.Throw<ArgumentOutOfRangeException>(() => _kernels.Adam(4, x, x, x, x, null, 1, 1, 0, 1, WeightUpdate.Plain)).Message.ShouldContain("Adam: beta1");
        Should.Throw<ArgumentOutOfRangeException>(() => _kernels.RmsProp(4, x, x, x, null, null, 1, -0.1f, 0, 1, WeightUpdate.Plain)).Message.ShouldContain("RmsProp: rho");
        Should.Throw<ArgumentException>(() => _kernels.Sgd(5, x, x, null, 1, 0, false, WeightUpdate.Plain)).Message.ShouldContain("gradient holds 4 floats");
    }
}
