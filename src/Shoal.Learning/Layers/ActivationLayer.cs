using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A function of each value on its own; x and y of any shape, the same for both.</summary>
/// <remarks>
/// Most gradients follow from y alone, so that such a layer works in place and nobody keeps x. A NaN passes; the errors of the functions are
/// stated where they are computed, a few units of the last place.
/// </remarks>
public abstract class ActivationLayer : Layer
{
    private readonly ActivationFunction _function;
    private readonly float _parameter;

    private protected ActivationLayer(string kind, string? name, ActivationFunction function, double parameter = 0)
        : base(kind, name) => (_function, _parameter) = (function, (float)parameter);

    /// <inheritdoc/>
    public override bool BackwardReadsInput => _function is ActivationFunction.Gelu or ActivationFunction.GeluTanh;

    /// <inheritdoc/>
    public override bool BackwardReadsOutput => !BackwardReadsInput;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => new(input);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.Activate(_function, _parameter, pass.Rows * InputShape.Size, x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            Kernels.ActivateGradient(_function, _parameter, pass.Rows * InputShape.Size, BackwardReadsInput ? x : y, dy, dx);
    }
}
