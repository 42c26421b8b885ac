using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>
/// Where the values and gradients of a training step lie, worked out before anything is allocated: which outputs are written over their input,
/// which gradients share a buffer or take that of a value that nobody reads any more, and who adds to whose.
/// </summary>
internal sealed class TrainingLayout
{
    private const int None = -1;

    private readonly Graph _graph;
    private readonly int _batchSize;
    private readonly int[] _valueSlots;
    private readonly int[] _blockSlots;

    // Of a value: whether the layer that makes it reads it again on the way back, and whether only one layer reads its buffer.
    private readonly bool[] _kept;
    private readonly bool[] _alone;

    // Of a slot: whether it is that of a value for ever, and the step whose output was the first in it.
    private readonly HashSet<int> _fixed = [];
    private readonly Dictionary<int, int> _firstIn = [];
    private readonly bool[] _needsGradient;
    private readonly int[] _gradientOf;
    private readonly BufferSlots _slots = new();
    private readonly List<Pullback> _backward = [];
    private readonly List<GradientSum> _headSums = [];
    private readonly List<LateGradient> _late = [];

    /// <summary>Lays out a model.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="losses">The loss of each output, which may take it before a last softmax or sigmoid.</param>
    /// <param name="kernels">The arithmetic, which may run some layers as one.</param>
    /// <param name="batchSize">Rows of the largest batch.</param>
    public TrainingLayout(Graph graph, IReadOnlyList<Loss> losses, IKernels kernels, int batchSize)
    {
        (_graph, _batchSize) = (graph, batchSize);
        HeadValues = [.. graph.Outputs.Select((value, i) => LossTakes(value, losses[i]))];
        Layers = [.. graph.Steps.Where(s => graph.ConsumersOf(s.Output).Count > 0 || HeadValues.Contains(s.Output))];
        Steps = ConvolutionBlock.Fuse(graph, Layers, HeadValues.Contains, kernels, batchSize);
        _needsGradient = new bool[graph.ValueCount];
        foreach (var step in Steps)
            _needsGradient[step.Output] = step.Layer.Parameters.Any(p => p.Trainable) || step.Inputs.Any(v => _needsGradient[v]);

        (_valueSlots, _blockSlots, _kept, _alone) = (new int[graph.ValueCount], new int[Steps.Count], new bool[graph.ValueCount], new bool[graph.ValueCount]);
        PlaceValues();
        _gradientOf = new int[graph.ValueCount];
        Array.Fill(_gradientOf, None);
        HeadGradients = [.. HeadValues.Select(PlaceHead)];
        for (var step = Steps.Count - 1; step >= 0; step--)
        {
            if (_gradientOf[Steps[step].Output] == None || !_needsGradient[Steps[step].Output])
                continue;
            Pull(Steps[step]);
            Return(step);
        }

        PlaceLateGradients();
    }

    /// <summary>The layers that train, without those whose loss takes their input.</summary>
    public IReadOnlyList<Graph.Step> Layers { get; }

    /// <summary>What runs: the layers, some of them as one.</summary>
    public IReadOnlyList<Graph.Step> Steps { get; }

    /// <summary>For each output of the model the value that its loss takes.</summary>
    public IReadOnlyList<int> HeadValues { get; }

    /// <summary>For each output of the model the buffer into which its loss writes the gradient.</summary>
    public IReadOnlyList<int> HeadGradients { get; }

    /// <summary>What is added up once all losses are known: gradients of outputs that stand on the same value.</summary>
    public IReadOnlyList<GradientSum> HeadSums => _headSums;

    /// <summary>The way back, from the last layer to the first that needs it.</summary>
    public IReadOnlyList<Pullback> Backward => _backward;

    /// <summary>The gradients by parameters that are computed behind the way back, when a buffer that was taken until then is free for them.</summary>
    public IReadOnlyList<LateGradient> Late => _late;

    /// <summary>Floats of each buffer.</summary>
    public IReadOnlyList<int> Sizes => _slots.Sizes;

    /// <summary>The buffer of a value, or −1 where the layer that makes it does not run.</summary>
    public int BufferOf(int value) => _valueSlots[value];

    /// <summary>The buffer of what lies between a block's forward and backward, or −1.</summary>
    public int BlockBufferOf(int step) => _blockSlots[step];

    private int Floats(int size) => checked(_batchSize * size);

    private void PlaceValues()
    {
        Array.Fill(_valueSlots, None);
        for (var i = 0; i < _graph.Inputs.Count; i++)
        {
            (_valueSlots[i], _kept[i], _alone[i]) = (_slots.Take(Floats(_graph.ShapeOf(i).Size)), true, IsReadOnce(i));
            _fixed.Add(_valueSlots[i]);
        }

        for (var i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            var (layer, from, to) = (step.Layer, step.Inputs[0], step.Output);
            var over = step.Inputs.Length == 1
                && (layer.IsView || (layer.ForwardInPlace && !layer.BackwardReadsInput && !_kept[from] && _alone[from]));
            _blockSlots[i] = layer is ConvolutionBlock { KeptSize: > 0 } block ? _slots.Take(Floats(block.KeptSize)) : None;
            _valueSlots[to] = over ? _valueSlots[from] : _slots.Take(Floats(step.Plan.Output.Size));
            _kept[to] = layer.BackwardReadsOutput || (layer.IsView && _kept[from]);
            _alone[to] = IsReadOnce(to) && (!over || _alone[from]);
            _firstIn.TryAdd(_valueSlots[to], i);
            if (HeadValues.Contains(to))
                _fixed.Add(_valueSlots[to]);
        }
    }

    /// <summary>Frees what nobody reads after a step's way back: its output, unless others lay in that buffer before, and what its block kept.</summary>
    private void Return(int step)
    {
        var slot = _valueSlots[Steps[step].Output];
        if (_firstIn[slot] == step && _fixed.Add(slot))
            _slots.Return(slot);
        if (_blockSlots[step] != None)
            _slots.Return(_blockSlots[step]);
    }

    private bool IsReadOnce(int value) => _graph.ConsumersOf(value).Count <= 1 && !HeadValues.Contains(value);

    private int LossTakes(int output, Loss loss)
    {
        var step = _graph.Steps[_graph.ProducerOf(output)];
        return step.Layer.IsOutputActivation && loss.Absorbs(step.Layer) ? step.Inputs[0] : output;
    }

    // Two outputs may stand on one value, such as logits and their softmax: the second writes apart, and is added.
    private int PlaceHead(int value)
    {
        var slot = _slots.Take(Floats(_graph.ShapeOf(value).Size));
        if (_gradientOf[value] == None)
            _gradientOf[value] = slot;
        else
            _headSums.Add(new(slot, _gradientOf[value], _graph.ShapeOf(value).Size));
        return slot;
    }

    private void Pull(Graph.Step step)
    {
        var dy = _gradientOf[step.Output];
        var targets = new int[step.Inputs.Length];
        var sums = new List<GradientSum>();
        var reused = false;
        for (var i = 0; i < step.Inputs.Length; i++)
        {
            var value = step.Inputs[i];
            targets[i] = None;
            if (!_needsGradient[value])
                continue;
            var size = _graph.ShapeOf(value).Size;
            var inPlace = step.Inputs.Length == 1 && step.Layer.BackwardInPlace;
            reused |= inPlace;
            targets[i] = inPlace ? dy : TakesInput(step) ? _valueSlots[value] : _slots.Take(Floats(size));
            if (_gradientOf[value] == None)
                _gradientOf[value] = targets[i];
            else
                sums.Add(new(targets[i], _gradientOf[value], size));
        }

        var late = IsLate(step);
        if (late)
            _late.Add(new(step, dy, None));
        _backward.Add(new(step, dy, targets, sums, late));
        foreach (var sum in sums)
            _slots.Return(sum.From);
        if (!reused && !late)
            _slots.Return(dy);
    }

    /// <summary>Whether the gradient by a layer's input goes where the input is: no layer before it reads that again. The buffer is a gradient's from then on.</summary>
    private bool TakesInput(Graph.Step step)
    {
        var value = step.Inputs[0];
        return step.Layer.BackwardOverInput && _alone[value] && !_kept[value] && _fixed.Add(_valueSlots[value]);
    }

    /// <summary>
    /// Whether a layer's gradient by its largest parameter waits for the end: it is larger than what must be kept for it, and some value is as large as it,
    /// so that it needs no memory of its own.
    /// </summary>
    private bool IsLate(Graph.Step step)
    {
        if (step.Layer is not Dense { Parameters: [{ Trainable: true } kernel, ..] })
            return false;
        var (x, length) = (_valueSlots[step.Inputs[0]], kernel.Shape.Size);
        if (length < Floats(_graph.ShapeOf(step.Inputs[0]).Size + step.Plan.Output.Size) || !_firstIn.Keys.Concat(_blockSlots).Any(slot => slot != None && slot != x && _slots.Sizes[slot] >= length))
            return false;
        _fixed.Add(x);
        return true;
    }

    private void PlaceLateGradients()
    {
        for (var i = 0; i < _late.Count; i++)
            _late[i] = _late[i] with { Buffer = _slots.Take(_late[i].Step.Layer.Parameters[0].Shape.Size) };
    }

    /// <summary>One layer's way back.</summary>
    /// <param name="Step">The layer.</param>
    /// <param name="Dy">The buffer of the gradient by its output.</param>
    /// <param name="Dx">The buffers of the gradients by its inputs, −1 where nobody needs it.</param>
    /// <param name="Sums">What is then added to gradients that other layers began.</param>
    /// <param name="IsLate">Whether only the gradients by the inputs are computed here.</param>
    internal sealed record Pullback(Graph.Step Step, int Dy, int[] Dx, IReadOnlyList<GradientSum> Sums, bool IsLate);

    /// <summary>Gradients by a layer's parameters that wait for the end.</summary>
    /// <param name="Step">The layer.</param>
    /// <param name="Dy">The buffer of the gradient by its output.</param>
    /// <param name="Buffer">The buffer of the gradient by its first parameter.</param>
    internal sealed record LateGradient(Graph.Step Step, int Dy, int Buffer);

    /// <summary>Buffer <paramref name="Into"/> += buffer <paramref name="From"/>, of this many values a row.</summary>
    internal readonly record struct GradientSum(int From, int Into, int Size);
}
