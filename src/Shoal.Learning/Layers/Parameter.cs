using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A named array of a layer: a weight, a bias, or statistics that travel with the model.</summary>
/// <remarks>Not thread-safe. Belongs to its model and is gone when that is disposed.</remarks>
public sealed class Parameter
{
    private readonly IKernels _kernels;
    private readonly Action _changed;

    internal Parameter(string name, ParameterPlan plan, Workspace workspace, Action changed)
    {
        (Name, Shape, Trainable, Regularizer) = (name, plan.Shape, plan.Trainable, plan.Regularizer);
        (_kernels, _changed) = (workspace.Kernels, changed);
        Value = workspace.Allocate(plan.Shape.Size);
    }

    /// <summary>The full name, as Keras says it: <c>conv2d_1/kernel</c>.</summary>
    public string Name { get; }

    /// <summary>The shape, row-major: (kernel height, kernel width, channels, filters) for a convolution, (inputs, units) for a dense layer.</summary>
    public Shape Shape { get; }

    /// <summary>Whether an optimizer changes it.</summary>
    public bool Trainable { get; }

    /// <summary>What its size costs in training, or null for nothing.</summary>
    public Regularizer? Regularizer { get; }

    /// <summary>The values where the kernels have them, row-major; for layers, which hand it to <see cref="IKernels"/>.</summary>
    public Storage Value { get; }

    /// <summary>
    /// The gradient of the loss, written by the layer's backward pass and valid until the next forward pass; null where the parameter is not trained.
    /// Memory may be longer than the parameter.
    /// </summary>
    public Storage? Gradient { get; internal set; }

    /// <summary>A copy of the values, row-major.</summary>
    public float[] ToArray()
    {
        var values = new float[Shape.Size];
        _kernels.Read(Value, values);
        return values;
    }

    /// <summary>Replaces the values.</summary>
    /// <param name="values">All values, row-major.</param>
    /// <exception cref="ArgumentException">The count is not that of the shape.</exception>
    public void Set(ReadOnlySpan<float> values)
    {
        if (values.Length != Shape.Size)
            throw new ArgumentException($"{Name} has shape {Shape}: expected {Shape.Size} values, got {values.Length}.");
        _kernels.Write(values, Value);
        _changed();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Shape}";

    /// <summary>Writes what its size costs, as part of the loss of a step; 0 without a regularizer.</summary>
    /// <param name="penalties">One value for each parameter, say.</param>
    /// <param name="index">Where to write.</param>
    internal void WritePenalty(Storage penalties, int index) =>
        _kernels.Penalty(Shape.Size, (float)(Regularizer?.L1 ?? 0), (float)(Regularizer?.L2 ?? 0), Value, penalties, index);

    /// <summary>Adds the gradient of what its size costs to that of the loss, after the backward pass.</summary>
    internal void AddPenaltyGradient()
    {
        if (Regularizer is not null)
            _kernels.PenaltyGradient(Shape.Size, (float)Regularizer.L1, (float)Regularizer.L2, Value, Gradient!);
    }

    /// <summary>From now on the gradient lies there; one of its own is freed.</summary>
    internal void TakeGradient(Storage shared, Workspace workspace)
    {
        if (Gradient is not null)
            workspace.Free(Gradient);
        Gradient = shared;
    }

    internal float[] GradientToArray()
    {
        var values = new float[Shape.Size];
        if (Gradient is not null)
            _kernels.Read(Gradient, values);
        return values;
    }
}
