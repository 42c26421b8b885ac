using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Adam with Keras' meaning of epsilon, which stands outside the bias correction.</summary>
/// <remarks>
/// m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= rate·sqrt(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(sqrt(v) + ε); with AMSGrad the largest v so far stands for v.
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, the form of its section 2 with "epsilon hat"; Reddi, Kale and Kumar,
/// "On the convergence of Adam and beyond", 2018.
/// </remarks>
/// <param name="learningRate">The size of a step, above 0. <value>0.001</value></param>
/// <param name="beta1">The decay of the mean gradient, from 0 to 0.999999. <value>0.9</value></param>
/// <param name="beta2">The decay of the mean squared gradient, from 0 to 0.999999. <value>0.999</value></param>
/// <param name="epsilon">Keeps the division finite, above 0. <value>1e-7</value></param>
/// <param name="amsGrad">Whether a step divides by the largest mean squared gradient so far. <value>false</value></param>
public class Adam(double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsGrad = false)
    : Optimizer(learningRate)
{
    private const double LargestBeta = 0.999999;

    private float _rate;

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; } = Check.Between(0, LargestBeta, beta1, nameof(Adam), nameof(beta1));

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; } = Check.Between(0, LargestBeta, beta2, nameof(Adam), nameof(beta2));

    /// <summary>Keeps the division finite.</summary>
    public double Epsilon { get; } = Check.Between(1e-30, 1e30, epsilon, nameof(Adam), nameof(epsilon));

    /// <summary>Whether a step divides by the largest mean squared gradient so far.</summary>
    public bool AmsGrad { get; } = amsGrad;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> SlotNames => AmsGrad ? ["momentum", "velocity", "velocity_hat"] : ["momentum", "velocity"];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> HyperParameters => new Dictionary<string, double>
    {
        [nameof(Beta1)] = Beta1,
        [nameof(Beta2)] = Beta2,
        [nameof(Epsilon)] = Epsilon,
        [nameof(AmsGrad)] = AmsGrad ? 1 : 0,
    };

    /// <inheritdoc/>
    protected override void BeginStep(long iteration) =>
        _rate = (float)(LearningRate * Math.Sqrt(1 - Powers.Whole(Beta2, iteration)) / (1 - Powers.Whole(Beta1, iteration)));

    /// <inheritdoc/>
    protected override void Update(
        IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update) =>
        kernels.Adam(
            length, weights, gradient, slots[0], slots[1], AmsGrad ? slots[2] : null, _rate, (float)Beta1, (float)Beta2, (float)Epsilon, update);
}
