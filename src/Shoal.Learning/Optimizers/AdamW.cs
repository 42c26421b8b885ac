namespace Shoal.Learning;

/// <summary>Adam with weight decay of its own, beside the gradient: each weight first loses learning rate · decay of itself.</summary>
/// <remarks>Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; as Keras does it.</remarks>
public sealed class AdamW : Adam
{
    /// <summary>Adam with weight decay.</summary>
    /// <param name="learningRate">The size of a step, above 0. <value>0.001</value></param>
    /// <param name="weightDecay">The share that a weight loses, times the learning rate, from 0. <value>0.004</value></param>
    /// <param name="beta1">The decay of the mean gradient, from 0 to 0.999999. <value>0.9</value></param>
    /// <param name="beta2">The decay of the mean squared gradient, from 0 to 0.999999. <value>0.999</value></param>
    /// <param name="epsilon">Keeps the division finite, above 0. <value>1e-7</value></param>
    /// <param name="amsGrad">Whether a step divides by the largest mean squared gradient so far. <value>false</value></param>
    public AdamW(
        double learningRate = 0.001, double weightDecay = 0.004, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-7, bool amsGrad = false)
        : base(learningRate, beta1, beta2, epsilon, amsGrad) => WeightDecay = weightDecay;
}
