using System.Globalization;
using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Normalises each channel by its mean and variance, y = gamma·(x − mean)/sqrt(variance + epsilon) + beta.</summary>
/// <remarks>
/// x and y: (rows, …, channels); gamma, beta, moving_mean, moving_variance: (channels). In training mean and biased variance are those of the
/// whole batch over all axes but the last, and the moving statistics take them in; otherwise the moving statistics are used.
/// Source: Ioffe and Szegedy, "Batch normalization", ICML 2015.
/// </remarks>
/// <param name="momentum">The share of the old moving statistics that a step keeps, from 0 to 0.999999. <value>0.99</value></param>
/// <param name="epsilon">Added to the variance, above 0. <value>0.001</value></param>
/// <param name="statistics">Which moving statistics. <value><see cref="BatchNormStatistics.Accurate"/></value></param>
/// <param name="name">A name within the model. <value>batch_normalization</value></param>
public sealed class BatchNorm(
    double momentum = 0.99, double epsilon = 0.001, BatchNormStatistics statistics = BatchNormStatistics.Accurate, string? name = null)
    : Layer("BatchNormalization", name)
{
    private const double LargestMomentum = 0.999999;
    private const string UpdatesKey = "updates";

    private Storage _batchMean = null!;
    private Storage _batchVariance = null!;
    private Storage _scale = null!;
    private Storage _shift = null!;
    private float[] _host = [];
    private float[] _hostMoving = [];
    private double[]? _meanSums;
    private double[]? _varianceSums;
    private long _rowsSummed;
    private long _updates;
    private double _power = 1;
    private (long Updates, double Power) _kept;

    /// <summary>The share of the old moving statistics that a step keeps.</summary>
    public double Momentum { get; } = Check.Between(0, LargestMomentum, momentum, nameof(BatchNorm), nameof(momentum));

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; } = Check.Between(1e-12, 1e6, epsilon, nameof(BatchNorm), nameof(epsilon));

    /// <summary>Which moving statistics.</summary>
    public BatchNormStatistics Statistics { get; } = statistics;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    internal Parameter Gamma => Parameters[0];

    internal Parameter Beta => Parameters[1];

    private Parameter MovingMean => Parameters[2];

    private Parameter MovingVariance => Parameters[3];

    private int Channels => InputShape[^1];

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        Shape channels = [input[^1]];
        return new(
            input,
            new("gamma", channels, Initializer.Ones),
            new("beta", channels, Initializer.Zeros),
            new("moving_mean", channels, Initializer.Zeros, Trainable: false),
            new("moving_variance", channels, Initializer.Ones, Trainable: false));
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y)
    {
        var shape = ShapeFor(pass.Rows);
        if (pass.Training)
        {
            Kernels.BatchNormStatistics(shape, x, _batchMean, _batchVariance);
            Kernels.BatchNormForward(shape, x, _batchMean, _batchVariance, Gamma.Value, Beta.Value, (float)Epsilon, y);
            TakeStatistics(pass.Rows);
        }
        else
        {
            Kernels.BatchNormForward(shape, x, MovingMean.Value, MovingVariance.Value, Gamma.Value, Beta.Value, (float)Epsilon, y);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Outside training, for a layer that is frozen, mean and variance are the moving ones, and constants.</remarks>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        var shape = ShapeFor(pass.Rows);
        if (pass.Training)
        {
            Kernels.BatchNormGradient(
                shape, x, dy, _batchMean, _batchVariance, Gamma.Value, (float)Epsilon, Gamma.Gradient!, Beta.Gradient!, dx ?? dy);
        }
        else
        {
            Kernels.BatchNormFrozenGradient(
                shape, x, dy, MovingMean.Value, MovingVariance.Value, Gamma.Value, (float)Epsilon, Gamma.Gradient!, Beta.Gradient!, dx ?? dy);
        }
    }

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("momentum", Momentum);
        writer.WriteNumber("epsilon", Epsilon);
        writer.WriteBoolean("kerasStatistics", Statistics == BatchNormStatistics.Keras);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        if (InputShape.Count is 1 or 3)
        {
            string[] inputs = [InputShape.Count == 3 ? graph.ChannelsFirst(x[0]) : x[0].Name, .. Parameters.Select(graph.Constant)];
            return new GraphValue(graph.Node("BatchNormalization", inputs, OnnxAttribute.Of("epsilon", (float)Epsilon)), ChannelsFirst: InputShape.Count == 3);
        }

        // ONNX has the channels on the second axis: for other shapes one product and one sum need no turning.
        var (scale, shift) = ScaleAndShift();
        var scaled = graph.Node("Mul", [x[0].Name, graph.Constant("scale", [Channels], scale)]);
        return new GraphValue(graph.Node("Add", [scaled, graph.Constant("shift", [Channels], shift)]));
    }

    internal static BatchNorm Read(LayerOptionsReader options) => new(
        options.Number("momentum"), options.Number("epsilon"),
        options.Boolean("kerasStatistics") ? BatchNormStatistics.Keras : BatchNormStatistics.Accurate, options.Name);

    /// <summary>Mean and variance of the last batch in training.</summary>
    internal Storage BatchMean => _batchMean;

    /// <inheritdoc cref="BatchMean"/>
    internal Storage BatchVariance => _batchVariance;

    /// <summary>Takes the statistics of the last batch into the moving ones, or into the averages that are gathered.</summary>
    internal void TakeStatistics(int rows)
    {
        if (_meanSums is not null)
            AddToAverages(rows);
        else
            UpdateMovingStatistics();
    }

    internal override bool TryJoin(ref Epilogue epilogue)
    {
        if (epilogue.Scale is not null || epilogue.Relu)
            return false;
        epilogue = new Epilogue(_scale, _shift, Relu: false);
        return true;
    }

    internal override void RefreshInference()
    {
        var (scale, shift) = ScaleAndShift();
        Kernels.Write(scale, _scale);
        Kernels.Write(shift, _shift);
    }

    internal override void BeginAveraging()
    {
        if (Statistics != BatchNormStatistics.Accurate)
            return;
        _meanSums = new double[Channels];
        _varianceSums = new double[Channels];
        _rowsSummed = 0;
    }

    internal override void EndAveraging()
    {
        if (_meanSums is null || _varianceSums is null)
            return;
        if (_rowsSummed > 0)
        {
            MovingMean.Set(Array.ConvertAll(_meanSums, s => (float)(s / _rowsSummed)));
            MovingVariance.Set(Array.ConvertAll(_varianceSums, s => (float)(s / _rowsSummed)));
        }

        (_meanSums, _varianceSums) = (null, null);
    }

    internal override IEnumerable<KeyValuePair<string, string>> State() => [new(UpdatesKey, _updates.ToString(CultureInfo.InvariantCulture))];

    internal override bool TrySetState(string key, string value)
    {
        if (key != UpdatesKey || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var updates))
            return false;
        _updates = updates;
        // The power is below half an ulp of 1 long before this many updates, so that more of them change nothing.
        var counted = Math.Min(updates, 100_000_000);
        _power = 1;
        for (var t = 0L; t < counted && _power > 1e-20; t++)
            _power *= Momentum;
        return true;
    }

    internal override void KeepState() => _kept = (_updates, _power);

    internal override void TakeBackState() => (_updates, _power) = _kept;

    private protected override void AfterBuild(Workspace workspace)
    {
        _batchMean = workspace.Allocate(Channels);
        _batchVariance = workspace.Allocate(Channels);
        _scale = workspace.Allocate(Channels);
        _shift = workspace.Allocate(Channels);
        _host = new float[Channels];
        _hostMoving = new float[Channels];
    }

    /// <summary>What the layer does outside training, y = x·scale + shift.</summary>
    private (float[] Scale, float[] Shift) ScaleAndShift()
    {
        var scale = Gamma.ToArray();
        var shift = Beta.ToArray();
        var (mean, variance) = (MovingMean.ToArray(), MovingVariance.ToArray());
        for (var c = 0; c < scale.Length; c++)
        {
            var factor = scale[c] / Math.Sqrt((double)variance[c] + (float)Epsilon);
            shift[c] = (float)Math.FusedMultiplyAdd(-mean[c], factor, shift[c]);
            scale[c] = (float)factor;
        }

        return (scale, shift);
    }

    private void UpdateMovingStatistics()
    {
        _updates++;
        _power *= Momentum;
        var weight = (float)(Statistics == BatchNormStatistics.Keras ? 1 - Momentum : (1 - Momentum) / (1 - _power));
        MoveTowards(_batchMean, MovingMean.Value, weight);
        MoveTowards(_batchVariance, MovingVariance.Value, weight);
    }

    // Moving by (1−m)/(1−mᵗ) instead of 1−m gives Adam's corrected average directly: the first step takes the batch as it is.
    private void MoveTowards(Storage batch, Storage moving, float weight)
    {
        Kernels.Read(batch, _host);
        Kernels.Read(moving, _hostMoving);
        for (var c = 0; c < _host.Length; c++)
            _hostMoving[c] = MathF.FusedMultiplyAdd(weight, _host[c] - _hostMoving[c], _hostMoving[c]);
        Kernels.Write(_hostMoving, moving);
    }

    private void AddToAverages(int rows)
    {
        Kernels.Read(_batchMean, _host);
        Kernels.Read(_batchVariance, _hostMoving);
        for (var c = 0; c < _host.Length; c++)
        {
            _meanSums![c] += (double)rows * _host[c];
            _varianceSums![c] += (double)rows * _hostMoving[c];
        }

        _rowsSummed += rows;
    }

    private ChannelShape ShapeFor(int rows) => new(rows, InputShape.Size / Channels, Channels);
}
