using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

public abstract partial class Optimizer
{
    // Far from where a float is zero or infinite.
    private const double Least = 1e-30;
    private const double Most = 1e30;

    /// <summary>The largest absolute value of a gradient's element, above 0; larger ones are cut. <value>null, for any</value></summary>
    /// <exception cref="ArgumentException">It is not above 0, or another kind of clipping is set already.</exception>
    public double? ClipValue { get; init => field = CheckClip(value, nameof(ClipValue)); }

    /// <summary>The largest Euclidean norm of the gradient of one parameter, above 0; a longer one is scaled down. <value>null, for any</value></summary>
    /// <exception cref="ArgumentException">It is not above 0, or another kind of clipping is set already.</exception>
    public double? ClipNorm { get; init => field = CheckClip(value, nameof(ClipNorm)); }

    /// <summary>The largest Euclidean norm of all gradients together, above 0; longer ones are scaled down by one factor. <value>null, for any</value></summary>
    /// <exception cref="ArgumentException">It is not above 0, or another kind of clipping is set already.</exception>
    public double? GlobalClipNorm { get; init => field = CheckClip(value, nameof(GlobalClipNorm)); }

    /// <summary>
    /// The share of itself, times the learning rate, that each weight loses before a step, from 0: decoupled weight decay (Loshchilov and Hutter, 2019).
    /// <value>0; 0.004 in <see cref="AdamW"/></value>
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or no number.</exception>
    public double WeightDecay { get; init => field = Check.Between(0, Most, value, GetType().Name, nameof(WeightDecay)); }

    private double? CheckClip(double? value, string name)
    {
        if (value is not { } limit)
            return null;
        var others = new[] { (nameof(ClipValue), ClipValue), (nameof(ClipNorm), ClipNorm), (nameof(GlobalClipNorm), GlobalClipNorm) };
        foreach (var (other, set) in others)
        {
            if (set is { } already && other != name)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"{GetType().Name}: {name} and {other} are both set ({limit} and {already}); set one of ClipValue, ClipNorm and GlobalClipNorm."));
            }
        }

        return Check.Between(Least, Most, limit, GetType().Name, name);
    }

    private WeightUpdate BeginUpdate(IKernels kernels, IReadOnlyList<Parameter> parameters)
    {
        var update = WeightUpdate.Plain with { Decay = (float)(LearningRate * WeightDecay) };
        if (ClipValue is { } value)
            return update with { Limit = (float)value };
        if (GlobalClipNorm is not { } norm)
            return update;
        var sum = 0.0;
        for (var i = 0; i < parameters.Count; i++)
            sum += kernels.SumOfSquares(parameters[i].Shape.Size, parameters[i].Gradient!);
        return update with { Scale = ScaleTo(norm, sum) };
    }

    private static float ScaleTo(double norm, double squares) => squares > norm * norm ? (float)(norm / Math.Sqrt(squares)) : 1f;
}
