using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>
/// The layers outside training, with as few sweeps over memory as possible: batch normalisation and ReLU become the epilogue of the
/// convolution or dense layer before them, layers that change nothing are left out, and two buffers take turns.
/// </summary>
internal sealed class InferencePlan
{
    private readonly IReadOnlyList<Layer> _layers;
    private readonly Workspace _workspace;
    private readonly List<Step> _steps = [];
    private readonly Softmax? _softmax;
    private readonly int _outputs;
    private readonly int[] _sizes = [0, 0];
    private readonly Storage?[] _buffers = [null, null];
    private bool _stale = true;

    public InferencePlan(IReadOnlyList<Layer> layers, Workspace workspace)
    {
        (_layers, _workspace) = (layers, workspace);
        _softmax = layers[^1] as Softmax;
        _outputs = layers[^1].OutputShape.Size;
        var last = _softmax is null ? layers.Count : layers.Count - 1;
        var current = 0;
        Use(current, layers[0].InputShape.Size);
        for (var i = 0; i < last; i++)
        {
            var layer = layers[i];
            if (layer.IsIdentityInInference)
                continue;
            var epilogue = default(Epilogue);
            while (layer.HasEpilogue && i + 1 < last && (layers[i + 1].IsIdentityInInference || layers[i + 1].TryJoin(ref epilogue)))
                i++;
            var target = layer.ForwardInPlace ? current : 1 - current;
            _steps.Add(new(layer, epilogue, current, target));
            Use(target, layer.OutputShape.Size);
            current = target;
        }

        LogitsBuffer = current;
        Use(1 - current, _outputs);
    }

    private int LogitsBuffer { get; }

    private IKernels Kernels => _workspace.Kernels;

    /// <summary>What was folded has changed: fold again before the next run.</summary>
    public void Invalidate() => _stale = true;

    /// <summary>The values before a last softmax.</summary>
    /// <param name="x">(rows, input shape).</param>
    /// <param name="rows">The rows; buffers grow to the most that were asked for.</param>
    /// <returns>(rows, outputs), valid until the next run.</returns>
    public Storage Logits(ReadOnlySpan<float> x, int rows)
    {
        if (_stale)
            Refresh();
        _workspace.Grow(ref _buffers[0], rows * _sizes[0]);
        _workspace.Grow(ref _buffers[1], rows * _sizes[1]);
        Kernels.Write(x, _buffers[0]!);
        var pass = new Pass(rows);
        foreach (var step in _steps)
        {
            if (step.Layer.HasEpilogue)
                step.Layer.Infer(rows, _buffers[step.From]!, step.Epilogue, _buffers[step.To]!);
            else
                step.Layer.Forward(pass, _buffers[step.From]!, _buffers[step.To]!);
        }

        return _buffers[LogitsBuffer]!;
    }

    /// <summary>The model's outputs: probabilities where it ends with softmax.</summary>
    /// <param name="x">(rows, input shape).</param>
    /// <param name="rows">The rows.</param>
    /// <param name="destination">(rows, outputs).</param>
    public void Predict(ReadOnlySpan<float> x, int rows, Span<float> destination)
    {
        var result = Logits(x, rows);
        if (_softmax is not null)
        {
            var probabilities = _buffers[1 - LogitsBuffer]!;
            Kernels.Softmax(rows, _outputs, result, probabilities);
            result = probabilities;
        }

        Kernels.Read(result, destination);
    }

    private void Refresh()
    {
        foreach (var layer in _layers)
            layer.RefreshInference();
        _stale = false;
    }

    private void Use(int buffer, int size) => _sizes[buffer] = Math.Max(_sizes[buffer], size);

    private readonly record struct Step(Layer Layer, Epilogue Epilogue, int From, int To);
}
