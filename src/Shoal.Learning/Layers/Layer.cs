using System.Text;
using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>One stage of a network: planned from the shape of its input, run forward, and backward for the gradients.</summary>
/// <remarks>
/// A layer holds its parameters and no activations: inputs, outputs and gradients are handed to it, so that the model decides which
/// buffers are shared. It belongs to one model. Not thread-safe.
/// </remarks>
public abstract class Layer
{
    private IKernels? _kernels;
    private IReadOnlyList<Shape>? _inputs;
    private Shape? _output;
    private bool _used;

    /// <summary>A layer that has yet to become part of a model.</summary>
    /// <param name="kind">Keras' name of the class, as files and summaries show it.</param>
    /// <param name="name">A name of its own within the model, or null for Keras' (<c>conv2d</c>, <c>conv2d_1</c>).</param>
    protected Layer(string kind, string? name)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        if (name is not null && (name.Length == 0 || name.Contains('/', StringComparison.Ordinal)))
            throw new ArgumentException($"{kind}: the name \"{name}\" is not valid: a layer's name is not empty and holds no \"/\".");
        Kind = kind;
        Name = name ?? "";
    }

    /// <summary>Keras' name of the class: <c>Conv2D</c>, <c>BatchNormalization</c>.</summary>
    public string Kind { get; }

    /// <summary>The name within the model; empty until there is one.</summary>
    public string Name { get; private set; }

    /// <summary>The shape of one sample of the input, the first where there are several.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a model.</exception>
    public Shape InputShape => InputShapes[0];

    /// <summary>The shapes of one sample of each input.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a model.</exception>
    public IReadOnlyList<Shape> InputShapes => _inputs ?? throw NotBuilt();

    /// <summary>The shape of one sample of the output.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a model.</exception>
    public Shape OutputShape => _output ?? throw NotBuilt();

    /// <summary>The parameters in the order of <see cref="LayerPlan.Parameters"/>.</summary>
    public IReadOnlyList<Parameter> Parameters { get; private protected set; } = [];

    /// <summary>Whether <see cref="Backward(in Pass, Storage, Storage, Storage, Storage)"/> reads x.</summary>
    public virtual bool BackwardReadsInput => true;

    /// <summary>Whether <see cref="Backward(in Pass, Storage, Storage, Storage, Storage)"/> reads y.</summary>
    public virtual bool BackwardReadsOutput => false;

    /// <summary>Whether <see cref="Forward(in Pass, Storage, Storage)"/> may write y where x is.</summary>
    public virtual bool ForwardInPlace => false;

    /// <summary>Whether <see cref="Backward(in Pass, Storage, Storage, Storage, Storage)"/> may write dx where dy is.</summary>
    public virtual bool BackwardInPlace => false;

    /// <summary>Whether y holds the same values in the same order as x, so that in place nothing changes.</summary>
    public virtual bool IsView => false;

    /// <summary>Whether the layer changes nothing outside training.</summary>
    public virtual bool IsIdentityInInference => false;

    /// <summary>The arithmetic.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a model.</exception>
    protected IKernels Kernels => _kernels ?? throw NotBuilt();

    internal int Number { get; private set; }

    internal string DefaultName => SnakeCase(Kind);

    /// <summary>What the layer gives and holds for this input; allocates nothing.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape; the message says what it expected.</exception>
    public abstract LayerPlan Plan(Shape input);

    /// <summary>The same for a layer that may take several inputs; those that take one leave it alone.</summary>
    /// <param name="inputs">The shapes of one sample of each input.</param>
    /// <exception cref="ArgumentException">The layer cannot take these shapes, or so many of them; the message says what it expected.</exception>
    public virtual LayerPlan Plan(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Count == 1
            ? Plan(inputs[0])
            : throw new ArgumentException($"got {inputs.Count} inputs, expected one. Join them first, with Concatenate() or Add().");
    }

    /// <summary>y from x.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="x">(rows, input shape).</param>
    /// <param name="y">(rows, output shape).</param>
    public abstract void Forward(in Pass pass, Storage x, Storage y);

    /// <summary>The gradients by the trainable parameters, overwritten, and by x.</summary>
    /// <param name="pass">The same batch as in <see cref="Forward(in Pass, Storage, Storage)"/>, which ran in training.</param>
    /// <param name="x">(rows, input shape); valid if <see cref="BackwardReadsInput"/>.</param>
    /// <param name="y">(rows, output shape); valid if <see cref="BackwardReadsOutput"/>.</param>
    /// <param name="dy">(rows, output shape): the gradient of the loss by y.</param>
    /// <param name="dx">(rows, input shape), or null where nobody needs it.</param>
    public abstract void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx);

    /// <summary>y from several inputs; layers that take one leave it alone.</summary>
    /// <param name="pass">The batch.</param>
    /// <param name="x">Each (rows, its input shape).</param>
    /// <param name="y">(rows, output shape).</param>
    public virtual void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y) => Forward(pass, x[0], y);

    /// <summary>The gradients by the trainable parameters, overwritten, and by several inputs; layers that take one leave it alone.</summary>
    /// <param name="pass">The same batch as in <see cref="Forward(in Pass, IReadOnlyList{Storage}, Storage)"/>, which ran in training.</param>
    /// <param name="x">Each (rows, its input shape); valid if <see cref="BackwardReadsInput"/>.</param>
    /// <param name="y">(rows, output shape); valid if <see cref="BackwardReadsOutput"/>.</param>
    /// <param name="dy">(rows, output shape): the gradient of the loss by y.</param>
    /// <param name="dx">Each (rows, its input shape), overwritten, or null where nobody needs it.</param>
    public virtual void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx) =>
        Backward(pass, x[0], y, dy, dx[0]);

    /// <summary>Writes the properties that a model file needs to build the layer again.</summary>
    protected internal virtual void WriteOptions(Utf8JsonWriter writer)
    {
    }

    /// <summary>As it would be written in code: <c>Conv2D(32, 3x3)</c>.</summary>
    public override string ToString() => Kind;

    /// <summary>Whether the mask of a sequence is a second input of this layer.</summary>
    internal virtual bool TakesMask => false;

    /// <summary>The mask of the output: that of the input, where the output has its shape and so its steps.</summary>
    internal virtual Node? MaskBehind(IReadOnlyList<Node> inputs, Shape output) =>
        inputs.Count == 1 && inputs[0].Shape.Equals(output) ? inputs[0].Mask : null;

    /// <summary>Whether <see cref="Backward(in Pass, Storage, Storage, Storage, Storage)"/> may write dx where x is.</summary>
    internal virtual bool BackwardOverInput => false;

    /// <summary>Whether a loss may take what goes in instead of what comes out, at the end of a model: <see cref="Loss.Absorbs"/>.</summary>
    internal virtual bool IsOutputActivation => false;

    internal virtual bool HasEpilogue => false;

    /// <summary>y = epilogue(forward(x)) outside training, for layers with <see cref="HasEpilogue"/>.</summary>
    internal virtual void Infer(int rows, Storage x, in Epilogue epilogue, Storage y) =>
        throw new NotSupportedException($"{this} has no epilogue.");

    /// <summary>Adds what the layer does outside training to the epilogue of the layer before it; false where it cannot.</summary>
    internal virtual bool TryJoin(ref Epilogue epilogue) => false;

    /// <summary>Brings what was joined up to date with the parameters.</summary>
    internal virtual void RefreshInference()
    {
    }

    /// <summary>From now on the statistics of training passes are gathered for <see cref="EndAveraging"/>, not taken in step by step.</summary>
    internal virtual void BeginAveraging()
    {
    }

    /// <summary>Replaces the statistics by the plain average over the rows gathered.</summary>
    internal virtual void EndAveraging()
    {
    }

    /// <summary>Adds the nodes that compute outside training what the layer does.</summary>
    /// <param name="graph">Where they go.</param>
    /// <param name="x">The inputs.</param>
    /// <returns>The output, or null if the layer has no form in ONNX.</returns>
    internal virtual GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => null;

    /// <summary>What else a model file keeps, beside options and parameters.</summary>
    internal virtual IEnumerable<KeyValuePair<string, string>> State() => [];

    internal virtual bool TrySetState(string key, string value) => false;

    /// <summary>Remembers, without allocating, what a training pass is about to change beside parameters.</summary>
    internal virtual void KeepState()
    {
    }

    /// <summary>Puts back what <see cref="KeepState"/> remembered: the pass does not count.</summary>
    internal virtual void TakeBackState()
    {
    }

    /// <summary>Puts the layer behind these values of a model that is being built.</summary>
    /// <param name="inputs">Its inputs: one, unless the layer says otherwise.</param>
    /// <returns>Its output.</returns>
    /// <exception cref="ArgumentException">It cannot take them; the message names it, them and the shapes.</exception>
    /// <exception cref="InvalidOperationException">It stands in a model already: one layer is for one place.</exception>
    public Node On(params IReadOnlyList<Node> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (TakesMask && inputs is [{ Mask: { } mask }])
            inputs = [inputs[0], mask];
        if (_used)
            throw new InvalidOperationException($"{this} \"{Name}\" already belongs to a model: make a new layer for each place in each model.");
        LayerPlan plan;
        try
        {
            plan = Plan([.. inputs.Select(i => i.Shape)]);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new LayerShapeException(this, inputs, e);
        }

        _used = true;
        return new LayerNode(this, [.. inputs], plan);
    }

    internal void Build(string name, int number, IReadOnlyList<Shape> inputs, LayerPlan plan, Workspace workspace, Action changed)
    {
        (Name, Number, _inputs, _output, _kernels) = (name, number, inputs, plan.Output, workspace.Kernels);
        Parameters = [.. plan.Parameters.Select(p => new Parameter($"{name}/{p.Name}", p, workspace, changed))];
        AfterBuild(workspace);
    }

    private protected virtual void AfterBuild(Workspace workspace)
    {
    }

    private InvalidOperationException NotBuilt() => new($"{this} is not part of a model: hand it to Sequential or Model first.");

    private static string SnakeCase(string kind)
    {
        var text = new StringBuilder(kind.Length + 4);
        for (var i = 0; i < kind.Length; i++)
        {
            var startsWord = i > 0 && char.IsUpper(kind[i])
                && (char.IsLower(kind[i - 1]) || (i + 1 < kind.Length && char.IsLower(kind[i + 1])));
            if (startsWord)
                text.Append('_');
            text.Append(char.ToLowerInvariant(kind[i]));
        }

        return text.ToString();
    }
}
