using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A smooth rectifier, y = log(1 + eˣ).</summary>
/// <param name="name">A name within the model. <value>softplus</value></param>
public sealed class Softplus(string? name = null) : ActivationLayer("Softplus", name, ActivationFunction.Softplus)
{
    internal static Softplus Read(LayerOptionsReader options) => new(options.Name);
}
