using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<LossFormula, float> LossFormulas => new()
    {
        { LossFormula.SoftmaxCrossEntropy, 0.1f }, { LossFormula.CategoricalCrossEntropy, 0 }, { LossFormula.CategoricalCrossEntropy, 0.2f },
        { LossFormula.BinaryCrossEntropyOfLogits, 0.1f }, { LossFormula.BinaryCrossEntropy, 0 }, { LossFormula.SquaredError, 0 },
        { LossFormula.AbsoluteError, 0 }, { LossFormula.Huber, 0.4f },
    };

    [Theory]
    [MemberData(nameof(LossFormulas))]
    public void Row_losses_have_the_bits_of_their_meaning(LossFormula formula, float parameter)
    {
        foreach (var (rows, outputs) in new[] { (1, 1), (3, 10), (700, 7), (5, 3000) })
        {
            var x = Numbers(rows * outputs, 1);
            if (formula is LossFormula.CategoricalCrossEntropy or LossFormula.BinaryCrossEntropy)
                x = [.. x.Select(Math.Abs)];
            var (t, weights) = (Numbers(rows * outputs, 2).Select(Math.Abs).ToArray(), Numbers(rows, 3));
            var (losses, d) = (new float[rows], new float[x.Length]);
            ScalarMeaning.RowLosses(formula, parameter, rows, outputs, x, t, losses, d);
            using Storage sx = Put(x), st = Put(t), sl = _kernels.Allocate(rows), sd = _kernels.Allocate(x.Length), sw = Put(weights);

            _kernels.RowLosses(formula, parameter, rows, outputs, sx, st, sl, sd);

            ShouldBeSameBits(Take(sl), losses, "losses");
            ShouldBeSameBits(Take(sd), d, "gradient");
            ScalarMeaning.ScaleRows(outputs, weights, d);
            _kernels.ScaleRows(rows, outputs, sw, sd);
            ShouldBeSameBits(Take(sd), d, "scaled gradient");
        }
    }

    [Fact]
    public void Softmax_without_smoothing_has_the_bits_of_its_own_kernel()
    {
        const int Rows = 37, Classes = 23;
        float[] x = [.. Numbers(Rows * Classes, 1).Select(value => value * 20)], t = [.. Numbers(Rows * Classes, 2).Select(Math.Abs)];
        using Storage sx = Put(x), st = Put(t), losses = _kernels.Allocate(Rows), d = _kernels.Allocate(x.Length);
        _kernels.SoftmaxCrossEntropy(Rows, Classes, sx, st, losses, d);
        var (expected, gradient) = (Take(losses), Take(d));

        _kernels.RowLosses(LossFormula.SoftmaxCrossEntropy, 0, Rows, Classes, sx, st, losses, d);

        ShouldBeSameBits(Take(losses), expected, "losses");
        ShouldBeSameBits(Take(d), gradient, "gradient");
    }

    [Fact]
    public void Losses_of_numbers_that_are_none_are_none()
    {
        foreach (var formula in Enum.GetValues<LossFormula>())
        {
            using Storage x = Put([1, float.NaN]), t = Put([0, 1]), losses = _kernels.Allocate(1), d = _kernels.Allocate(2);

            _kernels.RowLosses(formula, 0.5f, 1, 2, x, t, losses, d);

            float.IsNaN(Take(losses)[0]).ShouldBeTrue(formula.ToString());
            float.IsNaN(Take(d)[1]).ShouldBeTrue(formula.ToString());
        }
    }
}
