using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>
/// The layers outside training, with as few sweeps over memory as possible: batch normalisation and ReLU become the epilogue of the
/// convolution or dense layer before them, layers that change nothing are left out, and values share buffers as soon as they are read for the last time.
/// </summary>
internal sealed class InferencePlan
{
    private readonly Graph _graph;
    private readonly Workspace _workspace;
    private readonly List<Run> _runs = [];
    private readonly BufferSlots _slots = new();
    private readonly Storage?[] _buffers;
    private readonly int[] _inputSlots;
    private readonly OutputPlace[] _outputs;
    private bool _stale = true;

    public InferencePlan(Graph graph, Workspace workspace)
    {
        (_graph, _workspace) = (graph, workspace);
        var planner = new Planner(graph, _slots, _runs);
        _inputSlots = planner.InputSlots;
        _outputs = planner.PlaceOutputs();
        _buffers = new Storage?[_slots.Sizes.Count];
    }

    /// <summary>What was folded has changed: fold again before the next run.</summary>
    public void Invalidate() => _stale = true;

    /// <summary>Makes room for a run and gives the buffer of one input, to be written before <see cref="Compute(int)"/>.</summary>
    /// <param name="input">The number of the input.</param>
    /// <param name="rows">The rows of the run; buffers grow to the most that were asked for.</param>
    public Storage Input(int input, int rows)
    {
        var slot = _inputSlots[input];
        _workspace.Grow(ref _buffers[slot], checked(rows * _slots.Sizes[slot]));
        return _buffers[slot]!;
    }

    /// <summary>Runs all layers on the first rows of a batch.</summary>
    public void Compute(Batch batch, int rows)
    {
        for (var i = 0; i < _inputSlots.Length; i++)
            _workspace.Kernels.Write(batch.Inputs[i].AsSpan(0, rows * _graph.ShapeOf(i).Size), Input(i, rows));
        Compute(rows);
    }

    /// <summary>Runs all layers on what was written into the inputs.</summary>
    public void Compute(int rows)
    {
        if (_stale)
            Refresh();
        for (var i = 0; i < _buffers.Length; i++)
            _workspace.Grow(ref _buffers[i], checked(rows * _slots.Sizes[i]));
        var pass = new Pass(rows);
        foreach (var run in _runs)
        {
            var target = _buffers[run.Target]!;
            if (run.Layer.HasEpilogue)
            {
                run.Layer.Infer(rows, _buffers[run.Sources[0]]!, run.Epilogue, target);
            }
            else
            {
                for (var i = 0; i < run.Sources.Length; i++)
                    run.X[i] = _buffers[run.Sources[i]]!;
                run.Layer.Forward(pass, run.X, target);
            }
        }
    }

    /// <summary>An output before its last softmax or sigmoid, (rows, output shape), valid until the next run.</summary>
    public Storage Logits(int output) => _buffers[_outputs[output].Logits]!;

    /// <summary>An output: probabilities where it ends with softmax or sigmoid, taken from <see cref="Logits"/> by this call; valid until the next run.</summary>
    public Storage Output(int output, int rows)
    {
        var place = _outputs[output];
        place.Activation?.Forward(new Pass(rows), _buffers[place.Logits]!, _buffers[place.Result]!);
        return _buffers[place.Result]!;
    }

    private void Refresh()
    {
        foreach (var step in _graph.Steps)
            step.Layer.RefreshInference();
        _stale = false;
    }

    private sealed record Run(Layer Layer, Epilogue Epilogue, int[] Sources, int Target)
    {
        public Storage[] X { get; } = new Storage[Sources.Length];
    }

    private readonly record struct OutputPlace(int Logits, int Result, Layer? Activation);

    /// <summary>Walks the graph once and gives each value its slot.</summary>
    private sealed class Planner
    {
        private readonly Graph _graph;
        private readonly BufferSlots _slots;
        private readonly int[] _slotOf;
        private readonly Dictionary<int, int> _readersLeft = [];

        public Planner(Graph graph, BufferSlots slots, List<Run> runs)
        {
            (_graph, _slots) = (graph, slots);
            _slotOf = new int[graph.ValueCount];
            for (var i = 0; i < graph.Inputs.Count; i++)
                Place(i, slots.Take(graph.ShapeOf(i).Size));
            InputSlots = [.. _slotOf.Take(graph.Inputs.Count)];
            for (var i = 0; i < graph.Steps.Length; i++)
            {
                var step = graph.Steps[i];
                if (IsLastActivation(step))
                    continue;
                if (step.Layer.IsIdentityInInference || step.Layer.IsView)
                {
                    PlaceOver(step);
                    continue;
                }

                var epilogue = default(Epilogue);
                var last = step;
                while (step.Layer.HasEpilogue && OnlyReader(last.Output) is { } next && (next.Layer.IsIdentityInInference || next.Layer.TryJoin(ref epilogue)))
                {
                    i = graph.ProducerOf(next.Output);
                    last = next;
                }

                int[] sources = [.. step.Inputs.Select(v => _slotOf[v])];
                if (step.Layer.ForwardInPlace && sources.Length == 1 && _readersLeft[sources[0]] == 1)
                    PlaceOver(step);
                else
                    PlaceApart(step, last);
                runs.Add(new(step.Layer, epilogue, sources, _slotOf[last.Output]));
            }
        }

        public int[] InputSlots { get; }

        public OutputPlace[] PlaceOutputs() => [.. _graph.Outputs.Select(PlaceOutput)];

        private OutputPlace PlaceOutput(int value)
        {
            var step = _graph.Steps[_graph.ProducerOf(value)];
            if (IsLastActivation(step))
                return new(_slotOf[step.Inputs[0]], _slots.Take(step.Plan.Output.Size), step.Layer);
            return new(_slotOf[IsOutputActivation(step) ? step.Inputs[0] : value], _slotOf[value], null);
        }

        private bool IsOutputActivation(Graph.Step step) => step.Layer.IsOutputActivation && _graph.Outputs.Contains(step.Output);

        // Runs only when somebody asks for the output.
        private bool IsLastActivation(Graph.Step step) => IsOutputActivation(step) && _graph.ConsumersOf(step.Output).Count == 0;

        // The step behind this value, if it is the only one, stands next, and nobody outside sees the value.
        private Graph.Step? OnlyReader(int value)
        {
            var readers = _graph.ConsumersOf(value);
            return readers.Count == 1 && readers[0] == _graph.ProducerOf(value) + 1 && !_graph.Outputs.Contains(value) && _graph.Steps[readers[0]].Inputs.Length == 1
                ? _graph.Steps[readers[0]]
                : null;
        }

        // An output, and what becomes an output by a last activation, is read once more, by whoever asked for it.
        private int ReadersOf(int value)
        {
            var readers = _graph.ConsumersOf(value);
            return readers.Count + (_graph.Outputs.Contains(value) || readers.Any(r => IsOutputActivation(_graph.Steps[r])) ? 1 : 0);
        }

        private void Place(int value, int slot)
        {
            _slotOf[value] = slot;
            _readersLeft[slot] = _readersLeft.GetValueOrDefault(slot) + ReadersOf(value);
        }

        // The step writes where its input is, and is no reader of it any more.
        private void PlaceOver(Graph.Step step)
        {
            var slot = _slotOf[step.Inputs[0]];
            Place(step.Output, slot);
            _readersLeft[slot]--;
        }

        private void PlaceApart(Graph.Step first, Graph.Step last)
        {
            var slot = _slots.Take(_graph.ShapeOf(last.Output).Size);
            Place(last.Output, slot);
            foreach (var source in first.Inputs.Select(v => _slotOf[v]).ToHashSet())
            {
                _readersLeft[source] -= first.Inputs.Where(v => _slotOf[v] == source).Distinct().Count();
                if (_readersLeft[source] == 0)
                {
                    _readersLeft.Remove(source);
                    _slots.Return(source);
                }
            }
        }
    }
}
