using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>The loss of one row with outputs x and targets t; "parameter" is that of <see cref="IKernels.RowLosses"/>.</summary>
[Experimental("SHOAL002")]
public enum LossFormula
{
    /// <summary>−Σ u·ln softmax(x), with u = t·(1 − parameter) + parameter/outputs.</summary>
    SoftmaxCrossEntropy,

    /// <summary>−Σ u·ln clip(x/Σx), with u as for softmax and clip to [1e-7, 1 − 1e-7]; a clipped value has gradient 0.</summary>
    CategoricalCrossEntropy,

    /// <summary>The mean over the outputs of max(x, 0) − x·u + ln(1 + exp(−|x|)), with u = t·(1 − parameter) + parameter/2.</summary>
    BinaryCrossEntropyOfLogits,

    /// <summary>The mean over the outputs of −u·ln p − (1 − u)·ln(1 − p), p = x clipped to [1e-7, 1 − 1e-7], u as for logits; a clipped value has gradient 0.</summary>
    BinaryCrossEntropy,

    /// <summary>The mean over the outputs of (x − t)².</summary>
    SquaredError,

    /// <summary>The mean over the outputs of |x − t|; its slope at 0 is 0.</summary>
    AbsoluteError,

    /// <summary>The mean over the outputs of e²/2 where |e| ≤ parameter, else parameter·|e| − parameter²/2, with e = x − t.</summary>
    Huber,
}
