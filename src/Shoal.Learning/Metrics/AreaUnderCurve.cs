namespace Shoal.Learning;

/// <summary>The area under the ROC or the precision-recall curve, exact by rank; ties count half, or together.</summary>
/// <remarks>
/// <para>ROC: the share of pairs of a row of the class and one not of it in which the first has the higher output, plus half of those with equal outputs.
/// Precision-recall: Σ (recallₙ − recallₙ₋₁)·precisionₙ over the outputs in falling order, equal ones as one step. A row is of the class where its target is
/// above 0.5.</para>
/// <para>One output, or the second of two, is that of the class; with three or more the result is the mean over the classes, each against the rest, that
/// have rows of both kinds. NaN where there are not both. (Keras' AUC sums up 200 thresholds instead, and takes all outputs for one.)</para>
/// <para>Keeps all outputs until <see cref="Reset"/>: 8 bytes each, and 8 a row.</para>
/// </remarks>
/// <param name="curve">Which curve. <value>Roc</value></param>
/// <param name="name">The name in results and logs; null for <c>auc</c> or <c>pr_auc</c>. <value>null</value></param>
public sealed class AreaUnderCurve(Curve curve = Curve.Roc, string? name = null) : Metric(name ?? (curve == Curve.Roc ? "auc" : "pr_auc"))
{
    private readonly Curve _curve = Enum.IsDefined(curve)
        ? curve
        : throw new ArgumentOutOfRangeException(nameof(curve), (int)curve, "AreaUnderCurve: curve must be one of Curve.");

    private readonly List<double> _weights = [];
    private List<(float Score, bool Positive)>[] _columns = [];
    private int _outputs;

    /// <inheritdoc/>
    public override double Result
    {
        get
        {
            var (sum, count) = (0.0, 0);
            foreach (var column in _columns)
            {
                var area = Area(column);
                if (double.IsNaN(area))
                    continue;
                sum += area;
                count++;
            }

            return sum / count;
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _columns = [];
        _weights.Clear();
    }

    /// <inheritdoc/>
    public override void Add(in MetricBatch batch)
    {
        if (_columns.Length == 0)
        {
            _outputs = batch.Outputs;
            _columns = [.. Enumerable.Range(0, _outputs > 2 ? _outputs : 1).Select(_ => new List<(float, bool)>())];
        }

        if (_outputs != batch.Outputs)
            throw new ArgumentException($"AreaUnderCurve: there are {batch.Outputs} outputs, the batches before had {_outputs}. Call Reset between models.");
        var first = _outputs - _columns.Length;
        for (var row = 0; row < batch.Rows; row++)
        {
            var prediction = batch.Prediction(row);
            var target = batch.Target(row);
            for (var i = first; i < _outputs; i++)
                _columns[i - first].Add((prediction[i], target[i] > 0.5f));
            _weights.Add(batch.Weight(row));
        }
    }

    private double Area(List<(float Score, bool Positive)> column)
    {
        // Falling outputs; equal ones in the order of the rows, which fixes the order of every sum.
        var order = Enumerable.Range(0, column.Count).ToArray();
        Array.Sort(order, (a, b) => column[a].Score == column[b].Score ? a.CompareTo(b) : column[b].Score.CompareTo(column[a].Score));
        var (positives, negatives, area) = (0.0, 0.0, 0.0);
        for (var i = 0; i < order.Length;)
        {
            var (score, newPositives, newNegatives) = (column[order[i]].Score, 0.0, 0.0);
            for (; i < order.Length && column[order[i]].Score == score; i++)
            {
                var weight = _weights[order[i]];
                if (column[order[i]].Positive)
                    newPositives += weight;
                else
                    newNegatives += weight;
            }

            area += _curve == Curve.Roc
                ? newNegatives * (positives + (newPositives / 2))
                : newPositives == 0 ? 0 : newPositives * (positives + newPositives) / (positives + newPositives + negatives + newNegatives);
            positives += newPositives;
            negatives += newNegatives;
        }

        return positives == 0 || negatives == 0 ? double.NaN : area / (_curve == Curve.Roc ? positives * negatives : positives);
    }
}
