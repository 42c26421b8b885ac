using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Sgd(int length, Storage weights, Storage gradient, Storage? velocity, float rate, float momentum, bool nesterov, in WeightUpdate update)
    {
        var (g, w) = (Source(gradient, length), Destination(weights, length));
        _engine.Sgd(new()
        {
            Length = length,
            Weights = w.Pointer,
            Gradient = g.Pointer,
            First = Pointer(OptionalDestination(velocity, length)),
            Rate = rate,
            Momentum = momentum,
            Nesterov = nesterov,
            Update = update,
        });
        KeepAlive(weights, gradient, velocity);
    }

    /// <inheritdoc/>
    public void RmsProp(
        int length, Storage weights, Storage gradient, Storage velocity, Storage? average, Storage? momentum, float rate, float rho, float decay, float epsilon,
        in WeightUpdate update)
    {
        CheckShare(rho, nameof(rho));
        var (g, w, v) = (Source(gradient, length), Destination(weights, length), Destination(velocity, length));
        _engine.RmsProp(new()
        {
            Length = length,
            Weights = w.Pointer,
            Gradient = g.Pointer,
            First = v.Pointer,
            Second = Pointer(OptionalDestination(average, length)),
            Third = Pointer(OptionalDestination(momentum, length)),
            Rate = rate,
            ToFirst = ScalarMeaning.OneMinus(rho),
            Momentum = decay,
            Epsilon = epsilon,
            Update = update,
        });
        KeepAlive(weights, gradient, velocity, average, momentum);
    }

    /// <inheritdoc/>
    public void Adam(
        int length, Storage weights, Storage gradient, Storage m, Storage v, Storage? largest, float rate, float beta1, float beta2, float epsilon,
        in WeightUpdate update)
    {
        CheckShare(beta1, nameof(beta1));
        CheckShare(beta2, nameof(beta2));
        var (g, w) = (Source(gradient, length), Destination(weights, length));
        var (first, second) = (Destination(m, length), Destination(v, length));
        _engine.Adam(new()
        {
            Length = length,
            Weights = w.Pointer,
            Gradient = g.Pointer,
            First = first.Pointer,
            Second = second.Pointer,
            Third = Pointer(OptionalDestination(largest, length)),
            Rate = rate,
            ToFirst = ScalarMeaning.OneMinus(beta1),
            ToSecond = ScalarMeaning.OneMinus(beta2),
            Epsilon = epsilon,
            Update = update,
        });
        KeepAlive(weights, gradient, m, v, largest);
    }

    /// <inheritdoc/>
    public double SumOfSquares(int length, Storage x)
    {
        var sum = _engine.SumOfSquares(length, Source(x, length).Pointer);
        KeepAlive(x);
        return sum;
    }

    /// <inheritdoc/>
    public void MoveTowards(int length, Storage values, float share, Storage average)
    {
        var source = Source(values, length);
        _engine.MoveTowards(new() { Length = length, Gradient = source.Pointer, Weights = Destination(average, length).Pointer, Rate = share });
        KeepAlive(values, average);
    }

    private static void CheckShare(float value, string name, [CallerMemberName] string kernel = "")
    {
        if (!(value >= 0f && value < 1f))
            throw new ArgumentOutOfRangeException(name, value, $"{kernel}: {name} must be at least 0 and below 1.");
    }
}
