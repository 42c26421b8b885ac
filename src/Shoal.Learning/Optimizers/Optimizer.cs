using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Moves the trainable parameters against their gradients.</summary>
/// <remarks>
/// Belongs to the first model that trains with it and keeps its state (one storage a slot and parameter) over several calls of
/// <c>Fit</c>. Not thread-safe.
/// </remarks>
public abstract class Optimizer
{
    private object? _owner;
    private Storage[][] _slots = [];

    /// <summary>An optimizer with this learning rate.</summary>
    /// <param name="learningRate">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive finite number.</exception>
    protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The size of a step; may be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive finite number.</exception>
    public double LearningRate
    {
        get;
        set => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, FormattableString.Invariant($"{GetType().Name}: LearningRate must be above 0 (was {value})."));
    }

    /// <summary>The steps taken so far.</summary>
    public long Iterations { get; private set; }

    /// <summary>How many arrays of the parameter's length it keeps for each parameter, zero at first.</summary>
    protected abstract int SlotsPerParameter { get; }

    /// <summary>Called once before the parameters of a step.</summary>
    /// <param name="iteration">The number of the step, from 1.</param>
    protected virtual void BeginStep(long iteration)
    {
    }

    /// <summary>Changes one parameter.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="length">Values of the parameter.</param>
    /// <param name="weights">The parameter, changed.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="slots">Its slots, changed.</param>
    protected abstract void Update(IKernels kernels, int length, Storage weights, Storage gradient, IReadOnlyList<Storage> slots);

    internal void Attach(object owner, IReadOnlyList<Parameter> parameters, Workspace workspace)
    {
        if (ReferenceEquals(_owner, owner))
            return;
        if (_owner is not null)
            throw new InvalidOperationException($"This {GetType().Name} already trains another model, or was replaced: make a new one.");
        _owner = owner;
        _slots = [.. parameters.Select(p => Enumerable.Range(0, SlotsPerParameter).Select(_ => workspace.Allocate(p.Shape.Size)).ToArray())];
    }

    internal void Step(IKernels kernels, IReadOnlyList<Parameter> parameters)
    {
        Iterations++;
        BeginStep(Iterations);
        for (var i = 0; i < parameters.Count; i++)
            Update(kernels, parameters[i].Shape.Size, parameters[i].Value, parameters[i].Gradient!, _slots[i]);
    }

    /// <summary>Frees the slots; an optimizer that was replaced does not come back.</summary>
    internal void Detach(Workspace workspace)
    {
        foreach (var slot in _slots.SelectMany(s => s))
            workspace.Free(slot);
        (_slots, _owner) = ([], this);
    }

    internal IReadOnlyList<Storage> Slots(int parameter) => _slots[parameter];
}
