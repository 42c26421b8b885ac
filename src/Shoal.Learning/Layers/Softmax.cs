using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Turns the logits of each sample into probabilities, exp(x) / Σ exp(x); the last layer of a classifier.</summary>
/// <remarks>
/// In training a model leaves it out and takes the loss from the logits, as Keras does, which is exact for any logits; it therefore
/// stands at the end of a model only. x and y: (rows, classes).
/// </remarks>
/// <param name="name">A name within the model. <value>softmax</value></param>
public sealed class Softmax(string? name = null) : Layer("Softmax", name)
{
    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => input.Count == 1
        ? new(input)
        : throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, classes). Put Flatten() and Dense(classes) before it.");

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Kernels.Softmax(pass.Rows, InputShape.Size, x, y);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: the loss takes the logits.</exception>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) =>
        throw new NotSupportedException("Softmax has no gradient of its own: the loss takes the logits before it. Use it as the last layer.");

    internal override bool IsOutputActivation => true;

    internal static Softmax Read(LayerOptionsReader options) => new(options.Name);
}
