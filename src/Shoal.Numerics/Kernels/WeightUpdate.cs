using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>What happens to a gradient and a weight before an optimizer's own formula, in the same sweep over memory.</summary>
/// <remarks>
/// Immutable. The gradient first: cut(g·Scale) to ±Limit; then the weight: w −= w·Decay. NaN stays NaN. Not <c>default</c>, whose scale is 0:
/// begin with <see cref="Plain"/>.
/// </remarks>
/// <param name="Scale">What the gradient is multiplied by: 1 leaves it, a smaller factor brings its norm down.</param>
/// <param name="Limit">The largest absolute value of the scaled gradient; infinity leaves it.</param>
/// <param name="Decay">The share of itself that each weight loses first, learning rate times weight decay; 0 for none.</param>
[Experimental("SHOAL002")]
public readonly record struct WeightUpdate(float Scale, float Limit, float Decay)
{
    /// <summary>Leaves gradient and weight as they are.</summary>
    public static WeightUpdate Plain => new(1f, float.PositiveInfinity, 0f);

    /// <summary>The gradient that the formula sees.</summary>
    public float Gradient(float gradient)
    {
        var value = gradient * Scale;
        value = value < -Limit ? -Limit : value;
        return value > Limit ? Limit : value;
    }

    /// <summary>The weight that the formula changes.</summary>
    public float Weight(float weight) => Decay == 0 ? weight : MathF.FusedMultiplyAdd(-Decay, weight, weight);
}
