namespace Shoal.Learning.Onnx;

/// <summary>
/// What LSTM and GRU share. X (steps, batch, inputs), or (batch, steps, inputs) with layout 1; W (directions, gates·hidden, inputs), R (directions,
/// gates·hidden, hidden), B (directions, 2·gates·hidden). All is computed in double, each gate as one chain, and rounded once at the end.
/// </summary>
internal sealed class Recurrence
{
    private readonly OnnxCall _call;
    private readonly int _gates;
    private readonly double[] _x, _w, _r, _b;
    private readonly int[] _lengths;
    private readonly bool _batchFirst;
    private readonly string _direction;
    private readonly double _clip;

    public Recurrence(OnnxCall call, int gates)
    {
        (_call, _gates) = (call, gates);
        var (x, w, r) = (call.Input(0, 3), call.Input(1, 3), call.Input(2, 3));
        _batchFirst = call.Flag("layout", false);
        (Steps, Batch) = _batchFirst ? (x.Sizes[1], x.Sizes[0]) : (x.Sizes[0], x.Sizes[1]);
        (Inputs, Hidden) = (x.Sizes[2], r.Sizes[2]);
        _direction = call.Text("direction", "forward");
        Directions = _direction switch
        {
            "forward" or "reverse" => 1,
            "bidirectional" => 2,
            _ => throw call.Wrong($"has the direction \"{ModelFileException.Quote(_direction)}\""),
        };
        Expect(w, Directions, gates * Hidden, Inputs);
        Expect(r, Directions, gates * Hidden, Hidden);
        (_x, _w, _r) = (Doubles(x), Doubles(w), Doubles(r));
        _b = call.Optional(3) is { } bias ? Doubles(Expect(bias, Directions, 2 * gates * Hidden)) : new double[call.Reserve(2L * Directions * gates * Hidden, sizeof(double))];
        _lengths = Lengths();
        _clip = call.Has("clip") ? call.Single("clip", 0) : double.PositiveInfinity;
    }

    public int Steps { get; }

    public int Batch { get; }

    public int Inputs { get; }

    public int Hidden { get; }

    public int Directions { get; }

    /// <summary>Refuses activations other than the usual ones, which a node may name, for each direction, or leave out.</summary>
    public void Expect(params string[] activations)
    {
        if (_call.Texts("activations") is { } named && !named.SequenceEqual(Enumerable.Repeat(activations, Directions).SelectMany(list => list)))
            throw _call.Unsupported($"has the activations {ModelFileException.Quote(string.Join(" ", named))}");
    }

    /// <summary>A state at the start, (directions, batch, hidden) as doubles; zeros if there is none.</summary>
    public double[] State(int input)
    {
        if (_call.Optional(input) is not { } state)
            return new double[_call.Reserve((long)Directions * Batch * Hidden, sizeof(double))];
        if (!_batchFirst)
            return Doubles(Expect(state, Directions, Batch, Hidden));
        var given = Doubles(Expect(state, Batch, Directions, Hidden));
        var turned = new double[given.Length];
        for (var i = 0; i < given.Length; i++)
            turned[(((i / Hidden % Directions * Batch) + (i / Hidden / Directions)) * Hidden) + (i % Hidden)] = given[i];
        return turned;
    }

    /// <summary>The steps of one row in the order of a direction.</summary>
    public IEnumerable<int> StepsOf(int direction, int row)
    {
        var back = direction == 1 || _direction == "reverse";
        for (var i = 0; i < _lengths[row]; i++)
            yield return back ? _lengths[row] - 1 - i : i;
    }

    /// <summary>W·x of one gate and unit.</summary>
    public double FromInput(int direction, int gate, int unit, int step, int row)
    {
        var w = _w.AsSpan((((direction * _gates) + gate) * Hidden + unit) * Inputs, Inputs);
        var x = _x.AsSpan((_batchFirst ? (row * Steps) + step : (step * Batch) + row) * Inputs, Inputs);
        return Chain(w, x);
    }

    /// <summary>R·h of one gate and unit.</summary>
    public double FromState(int direction, int gate, int unit, ReadOnlySpan<double> state) =>
        Chain(_r.AsSpan((((direction * _gates) + gate) * Hidden + unit) * Hidden, Hidden), state);

    /// <summary>The bias beside W, or the one beside R.</summary>
    public double Bias(int direction, int gate, int unit, bool ofState) =>
        _b[(((direction * 2) + (ofState ? 1 : 0)) * _gates * Hidden) + (gate * Hidden) + unit];

    public double Clipped(double value) => Math.Max(-_clip, Math.Min(_clip, value));

    /// <summary>Y (steps, directions, batch, hidden) as the node's output.</summary>
    public OnnxTensor Sequence(double[] values)
    {
        var y = _batchFirst ? _call.New(_call.Input(0).Type, Batch, Steps, Directions, Hidden) : _call.New(_call.Input(0).Type, Steps, Directions, Batch, Hidden);
        for (var i = 0; i < values.Length; i++)
        {
            var (unit, row, direction, step) = (i % Hidden, i / Hidden % Batch, i / Hidden / Batch % Directions, i / Hidden / Batch / Directions);
            Set(y, _batchFirst ? (((((row * Steps) + step) * Directions) + direction) * Hidden) + unit : i, values[i]);
        }

        return y;
    }

    /// <summary>The last state (directions, batch, hidden) as the node's output.</summary>
    public OnnxTensor Last(double[] values)
    {
        var y = _batchFirst ? _call.New(_call.Input(0).Type, Batch, Directions, Hidden) : _call.New(_call.Input(0).Type, Directions, Batch, Hidden);
        for (var i = 0; i < values.Length; i++)
        {
            var (unit, row, direction) = (i % Hidden, i / Hidden % Batch, i / Hidden / Batch);
            Set(y, _batchFirst ? (((row * Directions) + direction) * Hidden) + unit : i, values[i]);
        }

        return y;
    }

    public double[] Doubles(OnnxTensor x)
    {
        var values = new double[_call.Reserve(x.Count, sizeof(double))];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = x.Type switch
            {
                TensorType.F32 => x.As<float>()[i],
                TensorType.F64 => x.As<double>()[i],
                _ => throw _call.WrongType(x.Type),
            };
        }

        return values;
    }

    public OnnxTensor Expect(OnnxTensor x, params ReadOnlySpan<int> sizes) => sizes.SequenceEqual(x.Sizes)
        ? x
        : throw _call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)}, expected {OnnxTensor.Format(sizes)}");

    private static double Chain(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum = Math.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }

    private static void Set(OnnxTensor y, int at, double value)
    {
        if (y.Type == TensorType.F32)
            y.As<float>()[at] = (float)value;
        else
            y.As<double>()[at] = value;
    }

    private int[] Lengths()
    {
        if (_call.IntegersFrom(4) is not { } given)
            return [.. Enumerable.Repeat(Steps, Batch)];
        return given.Length == Batch && given.All(length => length >= 0 && length <= Steps)
            ? Array.ConvertAll(given, length => (int)length)
            : throw _call.Wrong($"has {given.Length} lengths for {Batch} rows of {Steps} steps");
    }
}
