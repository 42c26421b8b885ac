using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>
/// Where the values and gradients of a training step lie, worked out before anything is allocated: which outputs are written over their input,
/// which gradients share a buffer, and who adds to whose.
/// </summary>
internal sealed class TrainingLayout
{
    private const int None = -1;

    private readonly Graph _graph;
    private readonly bool[] _needsGradient;
    private readonly int[] _gradientOf;
    private readonly BufferSlots _slots = new();
    private readonly List<Pullback> _backward = [];
    private readonly List<GradientSum> _headSums = [];

    /// <summary>Lays out a model.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="losses">The loss of each output, which may take it before a last softmax or sigmoid.</param>
    /// <param name="kernels">The arithmetic, which may run some layers as one.</param>
    /// <param name="batchSize">Rows of the largest batch.</param>
    public TrainingLayout(Graph graph, IReadOnlyList<Loss> losses, IKernels kernels, int batchSize)
    {
        _graph = graph;
        HeadValues = [.. graph.Outputs.Select((value, i) => LossTakes(value, losses[i]))];
        Layers = [.. graph.Steps.Where(s => graph.ConsumersOf(s.Output).Count > 0 || HeadValues.Contains(s.Output))];
        Steps = ConvolutionBlock.Fuse(graph, Layers, HeadValues.Contains, kernels, batchSize);
        _needsGradient = new bool[graph.ValueCount];
        foreach (var step in Steps)
            _needsGradient[step.Output] = step.Layer.Parameters.Any(p => p.Trainable) || step.Inputs.Any(v => _needsGradient[v]);

        _gradientOf = new int[graph.ValueCount];
        Array.Fill(_gradientOf, None);
        HeadGradients = [.. HeadValues.Select(PlaceHead)];
        foreach (var step in Steps.AsEnumerable().Reverse())
        {
            if (_gradientOf[step.Output] != None && _needsGradient[step.Output])
                Pull(step);
        }
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

    /// <summary>Values of one row in each gradient buffer.</summary>
    public IReadOnlyList<int> GradientSizes => _slots.Sizes;

    /// <summary>The storage of each value; null for those of layers that do not run.</summary>
    public Storage?[] Place(Func<int, Storage> allocate)
    {
        foreach (var block in Steps.Select(s => s.Layer).OfType<ConvolutionBlock>())
            block.Allocate(allocate);
        var storages = new Storage?[_graph.ValueCount];
        // Whether somebody reads the value again on the way back, or in the next step; and whether no other layer reads its buffer.
        var kept = new bool[_graph.ValueCount];
        var alone = new bool[_graph.ValueCount];
        for (var i = 0; i < _graph.Inputs.Count; i++)
            (storages[i], kept[i], alone[i]) = (allocate(_graph.ShapeOf(i).Size), true, IsReadOnce(i));
        foreach (var step in Steps)
        {
            var (layer, from, to) = (step.Layer, step.Inputs[0], step.Output);
            var over = step.Inputs.Length == 1
                && (layer.IsView || (layer.ForwardInPlace && !layer.BackwardReadsInput && !kept[from] && alone[from]));
            storages[to] = over ? storages[from] : allocate(step.Plan.Output.Size);
            kept[to] = layer.BackwardReadsOutput || (layer.IsView && kept[from]);
            alone[to] = IsReadOnce(to) && (!over || alone[from]);
        }

        return storages;
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
        var slot = _slots.Take(_graph.ShapeOf(value).Size);
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
            targets[i] = inPlace ? dy : _slots.Take(size);
            if (_gradientOf[value] == None)
                _gradientOf[value] = targets[i];
            else
                sums.Add(new(targets[i], _gradientOf[value], size));
        }

        _backward.Add(new(step, dy, targets, sums));
        foreach (var sum in sums)
            _slots.Return(sum.From);
        if (!reused)
            _slots.Return(dy);
    }

    /// <summary>One layer's way back.</summary>
    /// <param name="Step">The layer.</param>
    /// <param name="Dy">The buffer of the gradient by its output.</param>
    /// <param name="Dx">The buffers of the gradients by its inputs, −1 where nobody needs it.</param>
    /// <param name="Sums">What is then added to gradients that other layers began.</param>
    internal sealed record Pullback(Graph.Step Step, int Dy, int[] Dx, IReadOnlyList<GradientSum> Sums);

    /// <summary>Buffer <paramref name="Into"/> += buffer <paramref name="From"/>, of this many values a row.</summary>
    internal readonly record struct GradientSum(int From, int Into, int Size);
}
