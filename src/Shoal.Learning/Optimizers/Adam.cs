using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Adam with Keras' meaning of epsilon, which stands outside the bias correction.</summary>
/// <remarks>
/// m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= rate·sqrt(1 − β₂ᵗ)/(1 − β₁ᵗ)·m/(sqrt(v) + ε).
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, the form of its section 2 with "epsilon hat".
/// </remarks>
/// <param name="learningRate">The size of a step, above 0. <value>0.001</value></param>
/// <param name="beta1">The decay of the mean gradient, from 0 to 0.999999. <value>0.9</value></param>
/// <param name="beta2">The decay of the mean squared gradient, from 0 to 0.999999. <value>0.999</value></param>
/// <param name="epsilon">Keeps the division finite, above 0. <value>1e-7</value></param>
public sealed class Adam(double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7) : Optimizer(learningRate)
{
    private const double LargestBeta = 0.999999;

    private double _power1 = 1;
    private double _power2 = 1;
    private float _rate;

    /// <summary>The decay of the mean gradient.</summary>
    public double Beta1 { get; } = Check.Between(0, LargestBeta, beta1, nameof(Adam), nameof(beta1));

    /// <summary>The decay of the mean squared gradient.</summary>
    public double Beta2 { get; } = Check.Between(0, LargestBeta, beta2, nameof(Adam), nameof(beta2));

    /// <summary>Keeps the division finite.</summary>
    public double Epsilon { get; } = Check.Between(1e-30, 1e30, epsilon, nameof(Adam), nameof(epsilon));

    /// <inheritdoc/>
    protected override int SlotsPerParameter => 2;

    /// <inheritdoc/>
    protected override void BeginStep(long iteration)
    {
        _power1 *= Beta1;
        _power2 *= Beta2;
        _rate = (float)(LearningRate * Math.Sqrt(1 - _power2) / (1 - _power1));
    }

    /// <inheritdoc/>
    protected override void Update(IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots) =>
        kernels.Adam(length, weights, gradient, slots[0], slots[1], _rate, (float)Beta1, (float)Beta2, (float)Epsilon);
}
