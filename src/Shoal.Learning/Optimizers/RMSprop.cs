using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Divides each step by a running root mean square of the gradient, with Keras' meaning of epsilon, which stands inside the root.</summary>
/// <remarks>
/// v += (g² − v)(1 − ρ); step = rate·g/sqrt(v + ε), centered rate·g/sqrt(v − a² + ε) with a += (g − a)(1 − ρ); w −= step, or with momentum
/// m = momentum·m + step and w −= m. Rounding cannot make v − a² negative here, where Keras would give NaN.
/// Source: Tieleman and Hinton, "Lecture 6.5: RMSprop", 2012; centered: Graves, "Generating sequences with recurrent neural networks", 2013.
/// </remarks>
/// <param name="learningRate">The size of a step, above 0. <value>0.001</value></param>
/// <param name="rho">The decay of the mean squared gradient, from 0 to 0.999999. <value>0.9</value></param>
/// <param name="momentum">The share of the last step that goes on, from 0 to 1. <value>0, for none</value></param>
/// <param name="epsilon">Keeps the division finite, above 0. <value>1e-7</value></param>
/// <param name="centered">Whether the variance of the gradient stands for its mean square. <value>false</value></param>
public sealed class RMSprop(double learningRate = 0.001, double rho = 0.9, double momentum = 0, double epsilon = 1e-7, bool centered = false)
    : Optimizer(learningRate)
{
    private const double LargestRho = 0.999999;

    private float _rate;

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Rho { get; } = Check.Between(0, LargestRho, rho, nameof(RMSprop), nameof(rho));

    /// <summary>The share of the last step that goes on.</summary>
    public double Momentum { get; } = Check.Between(0, 1, momentum, nameof(RMSprop), nameof(momentum));

    /// <summary>Keeps the division finite.</summary>
    public double Epsilon { get; } = Check.Between(1e-30, 1e30, epsilon, nameof(RMSprop), nameof(epsilon));

    /// <summary>Whether the variance of the gradient stands for its mean square.</summary>
    public bool Centered { get; } = centered;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SlotNames => (Centered, Momentum > 0) switch
    {
        (false, false) => ["velocity"],
        (true, false) => ["velocity", "average_gradient"],
        (false, true) => ["velocity", "momentum"],
        (true, true) => ["velocity", "average_gradient", "momentum"],
    };

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> HyperParameters => new Dictionary<string, double>
    {
        [nameof(Rho)] = Rho,
        [nameof(Momentum)] = Momentum,
        [nameof(Epsilon)] = Epsilon,
        [nameof(Centered)] = Centered ? 1 : 0,
    };

    /// <inheritdoc/>
    protected override void BeginStep(long iteration) => _rate = (float)LearningRate;

    /// <inheritdoc/>
    protected override void Update(
        IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update) =>
        kernels.RmsProp(
            length, weights, gradient, slots[0], Centered ? slots[1] : null, Momentum > 0 ? slots[^1] : null, _rate, (float)Rho, (float)Momentum,
            (float)Epsilon, update);
}
