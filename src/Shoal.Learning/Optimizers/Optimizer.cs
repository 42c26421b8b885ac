using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Moves the trainable parameters against their gradients.</summary>
/// <remarks>
/// <para>Belongs to the first model that trains with it and keeps its state (one storage a slot and parameter) over several calls of
/// <c>Fit</c>. Not thread-safe.</para>
/// <para>A step, in this order: the gradient's norm is brought down or its values are cut (at most one of <see cref="ClipValue"/>,
/// <see cref="ClipNorm"/> and <see cref="GlobalClipNorm"/>), each weight loses learning rate · <see cref="WeightDecay"/> of itself, then comes the
/// optimizer's own formula. All three are one sweep over memory; a norm is one more. Norms are summed in double in a fixed order, so that they
/// have the same bits for any number of threads.</para>
/// </remarks>
public abstract partial class Optimizer
{
    private object? _owner;
    private Storage[][] _slots = [];

    /// <summary>An optimizer with this learning rate.</summary>
    /// <param name="learningRate">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive finite number.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The steps taken so far.</summary>
    public long Iterations { get; private set; }

    /// <summary>The names of the arrays that it keeps for each parameter, of the parameter's length and zero at first; Keras' names where Keras has them.</summary>
    protected abstract IReadOnlyList<string> SlotNames { get; }

    /// <summary>The numbers that a resumed training must agree on, by name. <value>none</value></summary>
    protected virtual IReadOnlyDictionary<string, double> HyperParameters => new Dictionary<string, double>();

    /// <summary>Called once before the parameters of a step.</summary>
    /// <param name="iteration">The number of the step, from 1. What a step needs beside the slots must follow from it, so that a training can be resumed.</param>
    protected virtual void BeginStep(long iteration)
    {
    }

    /// <summary>Changes one parameter.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="length">Values of the parameter.</param>
    /// <param name="weights">The parameter, changed.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="slots">Its slots in the order of <see cref="SlotNames"/>, changed.</param>
    /// <param name="update">
    /// Clipping and decay, which the kernels of optimizers take; a formula of your own begins with <see cref="WeightUpdate.Gradient"/> and
    /// <see cref="WeightUpdate.Weight"/>.
    /// </param>
    protected abstract void Update(
        IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots, in WeightUpdate update);

    internal void Attach(object owner, IReadOnlyList<Parameter> parameters, Workspace workspace)
    {
        if (ReferenceEquals(_owner, owner))
            return;
        if (_owner is not null)
            throw new InvalidOperationException($"This {GetType().Name} already trains another model, or was replaced: make a new one.");
        _owner = owner;
        _slots = [.. parameters.Select(p => SlotNames.Select(_ => workspace.Allocate(p.Shape.Size)).ToArray())];
    }

    internal void Step(IKernels kernels, IReadOnlyList<Parameter> parameters)
    {
        BeginStep(Iterations + 1);
        var update = BeginUpdate(kernels, parameters);
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (ClipNorm is { } norm)
                update = update with { Scale = ScaleTo(norm, kernels.SumOfSquares(parameter.Shape.Size, parameter.Gradient!)) };
            Update(kernels, parameter.Shape.Size, parameter.Value, parameter.Gradient!, _slots[i], update);
        }

        Iterations++;
    }

    /// <summary>Frees the slots; an optimizer that was replaced does not come back.</summary>
    internal void Detach(Workspace workspace)
    {
        foreach (var slot in _slots.SelectMany(s => s))
            workspace.Free(slot);
        (_slots, _owner) = ([], this);
    }
}
