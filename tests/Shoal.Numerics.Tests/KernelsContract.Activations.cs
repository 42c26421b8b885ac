using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<ActivationFunction, float> Activations => new()
    {
        { ActivationFunction.LeakyRelu, 0.3f },
        { ActivationFunction.LeakyRelu, 0f },
        { ActivationFunction.Elu, 1f },
        { ActivationFunction.Elu, 0.7f },
        { ActivationFunction.Sigmoid, 0f },
        { ActivationFunction.Tanh, 0f },
        { ActivationFunction.Softplus, 0f },
        { ActivationFunction.Gelu, 0f },
        { ActivationFunction.GeluTanh, 0f },
    };

    [Theory]
    [MemberData(nameof(Activations))]
    public void An_activation_has_the_bits_of_its_meaning_at_every_length(ActivationFunction function, float parameter)
    {
        foreach (var n in Enumerable.Range(0, 66).Append(16384).Append(40001))
        {
            var (x, dy) = (Wide(n), Numbers(n, 2));
            var (y, dx) = (new float[n], new float[n]);
            ScalarMeaning.Activate(function, parameter, x, y);
            ScalarMeaning.ActivateGradient(function, parameter, x, dy, dx);
            using Storage sx = Put(x), sy = _kernels.Allocate(n), sdy = Put(dy), sdx = _kernels.Allocate(n);

            _kernels.Activate(function, parameter, n, sx, sy);
            _kernels.ActivateGradient(function, parameter, n, sx, sdy, sdx);
            ShouldBeSameBits(Take(sy), y, $"y of {n}");
            ShouldBeSameBits(Take(sdx), dx, $"dx of {n}");

            _kernels.ActivateGradient(function, parameter, n, sx, sdy, sdy);
            _kernels.Activate(function, parameter, n, sx, sx);
            ShouldBeSameBits(Take(sx), y, $"y of {n} in place");
            ShouldBeSameBits(Take(sdy), dx, $"dx of {n} in place");
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void An_activation_has_finite_gradients_and_its_limits_at_infinity(ActivationFunction function, float parameter)
    {
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN, float.MinValue, float.MaxValue];
        using Storage sx = Put(x), sy = _kernels.Allocate(5), sdy = Put([1, 1, 1, 1, 1]), sdx = _kernels.Allocate(5);

        _kernels.Activate(function, parameter, 5, sx, sy);
        _kernels.ActivateGradient(function, parameter, 5, function is ActivationFunction.Gelu or ActivationFunction.GeluTanh ? sx : sy, sdy, sdx);

        var (left, slope) = function switch
        {
            ActivationFunction.LeakyRelu when parameter > 0 => (float.NegativeInfinity, parameter),
            ActivationFunction.LeakyRelu => (float.NaN, 0),
            ActivationFunction.Elu => (-parameter, 0f),
            ActivationFunction.Tanh => (-1, 0),
            _ => (0, 0),
        };
        var right = function is ActivationFunction.Sigmoid or ActivationFunction.Tanh ? 1 : float.PositiveInfinity;
        Take(sy)[..3].ShouldBe([left, right, float.NaN]);
        // As for a ReLU, the slope at a NaN is that left of 0; the NaN itself is in y.
        var unknown = function == ActivationFunction.LeakyRelu ? parameter : float.NaN;
        Take(sdx).ShouldBe([slope, float.IsInfinity(right) ? 1 : 0, unknown, slope, float.IsInfinity(right) ? 1 : 0]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 10)]
    [InlineData(700, 7)]
    [InlineData(2, 37)]
    [InlineData(5, 5000)]
    public void Softmax_in_place_and_its_gradient_have_the_bits_of_their_meaning(int rows, int classes)
    {
        var (p, dy, dx) = (new float[rows * classes], Numbers(rows * classes, 2), new float[rows * classes]);
        ScalarMeaning.Softmax(rows, classes, Numbers(rows * classes, 1), p);
        ScalarMeaning.SoftmaxGradient(rows, classes, p, dy, dx);
        using Storage sp = Put(p), sdy = Put(dy), sdx = _kernels.Allocate(dx.Length);

        using (var logits = Put(Numbers(rows * classes, 1)))
        {
            _kernels.Softmax(rows, classes, logits, logits);
            ShouldBeSameBits(Take(logits), p, "probabilities in place");
        }

        _kernels.SoftmaxGradient(rows, classes, sp, sdy, sdx);
        ShouldBeSameBits(Take(sdx), dx, "dx");
        _kernels.SoftmaxGradient(rows, classes, sp, sdy, sdy);
        ShouldBeSameBits(Take(sdy), dx, "dx in place");
    }

    [Fact]
    public void A_slope_below_0_is_refused()
    {
        using var x = _kernels.Allocate(1);

        Should.Throw<ArgumentOutOfRangeException>(() => _kernels.Activate(ActivationFunction.LeakyRelu, -0.1f, 1, x, x))
            .Message.ShouldContain("the parameter of LeakyRelu must be 0 or more");
    }

    /// <summary>From −20 to 20, with the special values among them.</summary>
    private static float[] Wide(int length)
    {
        var values = Numbers(length, 1);
        float[] special = [float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f, 0f, -104f, 1e-40f];
        for (var i = 0; i < length; i++)
            values[i] = i % 29 == 11 ? special[i / 29 % special.Length] : values[i] * 15;
        return values;
    }
}
