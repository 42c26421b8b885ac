using System.Text.Json;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A layer that goes through the positions of a sequence and carries a state along: <see cref="LSTM"/> and <see cref="GRU"/>.</summary>
/// <remarks>
/// x: (rows, time, features); an optional second input, the mask: (rows, time), where 0 is a step that does not count: state and output
/// stay as they are. y: (rows, units), or (rows, time, units) for <see cref="ReturnSequences"/>, in the order in which the steps are taken. A row has
/// the same bits alone and in any batch.
/// </remarks>
public abstract partial class RecurrentLayer : Layer
{
    private readonly int _gates;
    private Workspace _workspace = null!;
    private Storage? _gateCache;
    private Storage? _secondCache;
    private Storage? _stateCache;

    private protected RecurrentLayer(string kind, int gates, int units, bool returnSequences, bool goBackwards, string? name)
        : base(kind, name)
    {
        _gates = gates;
        (Units, ReturnSequences, GoBackwards) = (Check.AtLeast(1, units, kind, nameof(units)), returnSequences, goBackwards);
    }

    /// <summary>The values of the state.</summary>
    public int Units { get; }

    /// <summary>Whether the output holds the state after every step, else after the last one.</summary>
    public bool ReturnSequences { get; }

    /// <summary>Whether the sequence is read from its end; the output is not turned back.</summary>
    public bool GoBackwards { get; }

    private protected Parameter Kernel => Parameters[0];

    private protected Parameter RecurrentKernel => Parameters[1];

    private protected Parameter Bias => Parameters[2];

    private int Steps => InputShape[0];

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Count != 2)
            throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, time, features). Put Embedding before it for ids, or Reshape.");
        var (features, width) = (input[1], checked(_gates * Units));
        return new(
            ReturnSequences ? [input[0], Units] : [Units],
            new("kernel", [features, width], Initializer.GlorotUniform(features, width)),
            new("recurrent_kernel", [Units, width], new OrthogonalInitializer(Units, width)),
            PlanBias());
    }

    /// <inheritdoc/>
    public override LayerPlan Plan(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count is < 1 or > 2)
            throw new ArgumentException($"got {inputs.Count} inputs, expected a sequence (None, time, features), and perhaps its mask (None, time).");
        var plan = Plan(inputs[0]);
        if (inputs.Count == 2 && (inputs[1].Count != 1 || inputs[1][0] != inputs[0][0]))
        {
            throw new ArgumentException(
                $"the mask has shape {inputs[1].WithBatch()}, expected (None, {inputs[0][0]}) for the sequence {inputs[0].WithBatch()}. TokenMask makes one from ids.");
        }

        return plan;
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Run(pass, x, null, y);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y)
    {
        ArgumentNullException.ThrowIfNull(x);
        Run(pass, x[0], x.Count > 1 ? x[1] : null, y);
    }

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => RunBack(pass, x, null, dy, dx);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dx);
        RunBack(pass, x[0], x.Count > 1 ? x[1] : null, dy, dx[0]);

        // A mask is no number that could be a little different.
        if (dx.Count > 1 && dx[1] is { } mask)
            Kernels.Fill(mask, pass.Rows * Steps, 0);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}({Units})";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("units", Units);
        writer.WriteBoolean("returnSequences", ReturnSequences);
        writer.WriteBoolean("goBackwards", GoBackwards);
    }

    internal override bool TakesMask => true;

    // Backwards the steps come out in another order than the mask has them.
    internal override Node? MaskBehind(IReadOnlyList<Node> inputs, Shape output) => ReturnSequences && !GoBackwards ? inputs[0].Mask : null;

    private protected override void AfterBuild(Workspace workspace) => _workspace = workspace;

    private protected abstract ParameterPlan PlanBias();

    private protected abstract void Run(in Pass pass, Storage x, Storage? mask, Storage y);

    private protected abstract void RunBack(in Pass pass, Storage x, Storage? mask, Storage dy, Storage? dx);

    private protected RecurrentShape ShapeFor(int rows) => new(rows, Steps, InputShape[1], Units, ReturnSequences, GoBackwards);

    /// <summary>Gates, a second array and the states before each step, for the largest batch so far.</summary>
    private protected (Storage Gates, Storage Second, Storage States) Caches(int rows, int second)
    {
        var values = checked(rows * Steps * Units);
        _workspace.Grow(ref _gateCache, checked(values * _gates));
        _workspace.Grow(ref _secondCache, checked(values * second));
        _workspace.Grow(ref _stateCache, values);
        return (_gateCache!, _secondCache!, _stateCache!);
    }
}
