namespace Shoal.Learning;

/// <summary>What a layer will give and hold for one shape of input; made before anything is allocated.</summary>
/// <param name="Output">The shape of one sample of the output.</param>
/// <param name="Parameters">The parameters in the order in which the layer finds them in <see cref="Layer.Parameters"/>.</param>
public sealed record LayerPlan(Shape Output, params IReadOnlyList<ParameterPlan> Parameters);

/// <summary>One parameter that a layer will hold.</summary>
/// <param name="Name">Its name within the layer, as Keras says it: <c>kernel</c>, <c>moving_mean</c>.</param>
/// <param name="Shape">Its shape, row-major.</param>
/// <param name="Initializer">Its first values.</param>
/// <param name="Trainable">Whether an optimizer changes it.</param>
/// <param name="Regularizer">What its size costs, or null for nothing.</param>
public sealed record ParameterPlan(string Name, Shape Shape, Initializer Initializer, bool Trainable = true, Regularizer? Regularizer = null)
{
    /// <summary>Its first values, for its shape.</summary>
    public Initializer Initializer { get; } = Initializer.ForShape(Shape);
}
