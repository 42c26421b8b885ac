using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Stochastic gradient descent, with momentum if asked for.</summary>
/// <remarks>
/// w −= rate·g; with momentum v = momentum·v − rate·g and w += v, with Nesterov's w += momentum·v − rate·g. As Keras does it.
/// Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", 2013.
/// </remarks>
/// <param name="learningRate">The size of a step, above 0. <value>0.01</value></param>
/// <param name="momentum">The share of the last step that goes on, from 0 to 1. <value>0, for none</value></param>
/// <param name="nesterov">Whether the gradient counts as if taken ahead of the momentum. <value>false</value></param>
public sealed class SGD(double learningRate = 0.01, double momentum = 0, bool nesterov = false) : Optimizer(learningRate)
{
    private float _rate;

    /// <summary>The share of the last step that goes on.</summary>
    public double Momentum { get; } = Check.Between(0, 1, momentum, nameof(SGD), nameof(momentum));

    /// <summary>Whether the gradient counts as if taken ahead of the momentum.</summary>
    public bool Nesterov { get; } = nesterov;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SlotNames => Momentum > 0 ? ["momentum"] : [];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> HyperParameters => new Dictionary<string, double>
    {
        [nameof(Momentum)] = Momentum,
        [nameof(Nesterov)] = Nesterov ? 1 : 0,
    };

    /// <inheritdoc/>
    protected override void BeginStep(long iteration) => _rate = (float)LearningRate;

    /// <inheritdoc/>
    protected override void Update(
        IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update) =>
        kernels.Sgd(length, weights, gradient, Momentum > 0 ? slots[0] : null, _rate, (float)Momentum, Nesterov, update);
}
