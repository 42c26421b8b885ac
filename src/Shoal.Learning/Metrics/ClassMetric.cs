namespace Shoal.Learning;

/// <summary>A metric that follows from how often each class was found, missed and wrongly claimed.</summary>
/// <remarks>
/// The class of a row is the most probable one, the first of equals. With one output it is yes or no, above or below 0.5. With a threshold each output is a
/// yes or no of its own, so that a row may have several classes or none.
/// </remarks>
public abstract class ClassMetric : Metric
{
    private readonly ClassAverage _average;
    private readonly double? _threshold;
    private Counts[] _counts = [];

    private protected ClassMetric(string name, ClassAverage average, double? threshold, string owner)
        : base(name)
    {
        if (!Enum.IsDefined(average))
            throw new ArgumentOutOfRangeException(nameof(average), (int)average, $"{owner}: average must be one of ClassAverage.");
        _average = average;
        _threshold = threshold is { } value ? Check.Between(0, 1, value, owner, nameof(threshold)) : null;
    }

    /// <inheritdoc/>
    public sealed override double Result => _average switch
    {
        _ when _counts.Length == 0 => double.NaN,
        ClassAverage.Binary => Score(_counts[^1]),
        ClassAverage.Micro => Score(Together()),
        _ => Mean(),
    };

    /// <inheritdoc/>
    public sealed override void Reset() => _counts = [];

    /// <inheritdoc/>
    public sealed override void Add(in MetricBatch batch)
    {
        if (_average == ClassAverage.Binary && batch.Outputs > 2)
        {
            throw new ArgumentException(
                $"{GetType().Name}: there are {batch.Outputs} outputs; ClassAverage.Binary is for one or two. Choose ClassAverage.Macro or ClassAverage.Micro.");
        }

        var labels = _threshold is not null || batch.Outputs == 1;
        if (_counts.Length == 0)
            _counts = new Counts[batch.Outputs];
        if (_counts.Length != batch.Outputs)
            throw new ArgumentException($"{GetType().Name}: there are {batch.Outputs} outputs, the batches before had {_counts.Length}. Call Reset between models.");
        for (var row = 0; row < batch.Rows; row++)
        {
            if (labels)
                AddLabels(batch, row);
            else
                AddClass(Largest.Of(batch.Target(row)), Largest.Of(batch.Prediction(row)), batch.Weight(row));
        }
    }

    private protected abstract double Score(Counts counts);

    private protected static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private void AddLabels(in MetricBatch batch, int row)
    {
        var prediction = batch.Prediction(row);
        var target = batch.Target(row);
        var weight = batch.Weight(row);
        var threshold = (float)(_threshold ?? 0.5);
        for (var i = 0; i < prediction.Length; i++)
        {
            var (claimed, wanted) = (prediction[i] > threshold, target[i] > 0.5f);
            _counts[i].Found += claimed && wanted ? weight : 0;
            _counts[i].Claimed += claimed && !wanted ? weight : 0;
            _counts[i].Missed += !claimed && wanted ? weight : 0;
        }
    }

    private void AddClass(int wanted, int claimed, double weight)
    {
        if (wanted == claimed)
        {
            _counts[wanted].Found += weight;
            return;
        }

        _counts[wanted].Missed += weight;
        _counts[claimed].Claimed += weight;
    }

    private Counts Together()
    {
        var sum = default(Counts);
        foreach (var counts in _counts)
            sum = new() { Found = sum.Found + counts.Found, Claimed = sum.Claimed + counts.Claimed, Missed = sum.Missed + counts.Missed };
        return sum;
    }

    private double Mean()
    {
        var (sum, classes) = (0.0, 0);
        foreach (var counts in _counts)
        {
            if (counts.Found + counts.Claimed + counts.Missed == 0)
                continue;
            sum += Score(counts);
            classes++;
        }

        return sum / classes;
    }

    /// <summary>The weight of rows of one class.</summary>
    private protected struct Counts
    {
        /// <summary>True and predicted.</summary>
        public double Found;

        /// <summary>Predicted, but not true.</summary>
        public double Claimed;

        /// <summary>True, but not predicted.</summary>
        public double Missed;
    }
}
