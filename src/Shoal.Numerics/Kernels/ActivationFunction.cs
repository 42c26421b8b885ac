using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>The functions that <see cref="IKernels.Activate"/> applies to each value on its own.</summary>
[Experimental("SHOAL002")]
public enum ActivationFunction
{
    /// <summary>x &gt; 0 ? x : parameter·x.</summary>
    LeakyRelu,

    /// <summary>x &gt; 0 ? x : parameter·(eˣ − 1).</summary>
    Elu,

    /// <summary>1/(1 + e^−x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>log(1 + eˣ).</summary>
    Softplus,

    /// <summary>x·Φ(x) with the standard normal distribution Φ; its gradient needs x.</summary>
    Gelu,

    /// <summary>x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))); its gradient needs x.</summary>
    GeluTanh,
}
