namespace Shoal.Learning.Tests;

/// <summary>The contract of every metric, and each against its plain definition.</summary>
public sealed class MetricTests
{
    public static TheoryData<string> Metrics => [.. Makers.Keys];

    private static Dictionary<string, Func<Metric>> Makers { get; } = new()
    {
        ["accuracy"] = () => new Accuracy(),
        ["binary accuracy"] = () => new BinaryAccuracy(0.4),
        ["top 2"] = () => new TopKAccuracy(2),
        ["confusion"] = () => new ConfusionMatrix(),
        ["precision, macro"] = () => new Precision(ClassAverage.Macro),
        ["recall, micro"] = () => new Recall(ClassAverage.Micro),
        ["F1, macro"] = () => new F1Score(ClassAverage.Macro),
        ["F1 of labels, micro"] = () => new F1Score(ClassAverage.Micro, 0.3),
        ["ROC"] = () => new AreaUnderCurve(),
        ["precision-recall"] = () => new AreaUnderCurve(Curve.PrecisionRecall),
        ["squared error"] = () => new MeanSquaredErrorMetric(),
        ["absolute error"] = () => new MeanAbsoluteErrorMetric(),
        ["a function"] = () => new FunctionMetric("largest", (in batch, values) =>
        {
            for (var row = 0; row < batch.Rows; row++)
                values[row] = batch.Prediction(row)[0];
        }),
    };

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Batches_of_any_size_give_the_same_and_reset_forgets(string name)
    {
        var (p, t, w) = Classification(rows: 60, classes: 4);
        var (whole, parts) = (Makers[name](), Makers[name]());
        double.IsNaN(whole.Result).ShouldBeTrue("before any row");
        parts.Add(new(3, 4, p.AsSpan(40, 12), t.AsSpan(40, 12)));
        parts.Reset();

        whole.Add(new(60, 4, p, t, w));
        foreach (var (first, rows) in new[] { (0, 1), (1, 31), (32, 28) })
            parts.Add(new(rows, 4, p.AsSpan(first * 4, rows * 4), t.AsSpan(first * 4, rows * 4), w.AsSpan(first, rows)));

        double.IsFinite(whole.Result).ShouldBeTrue();
        BitConverter.DoubleToInt64Bits(parts.Result).ShouldBe(BitConverter.DoubleToInt64Bits(whole.Result));
        whole.ToString().ShouldStartWith(whole.Name);
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void A_weight_of_2_is_a_row_twice(string name)
    {
        var (p, t, _) = Classification(rows: 12, classes: 3);
        var (weighted, repeated) = (Makers[name](), Makers[name]());
        float[] w = [.. Enumerable.Range(0, 12).Select(row => (float)(row % 3))];

        weighted.Add(new(12, 3, p, t, w));
        for (var row = 0; row < 12; row++)
        {
            for (var i = 0; i < w[row]; i++)
                repeated.Add(new(1, 3, p.AsSpan(row * 3, 3), t.AsSpan(row * 3, 3)));
        }

        weighted.Result.ShouldBe(repeated.Result, 1e-12);
    }

    [Fact]
    public void Accuracy_takes_the_first_of_equals()
    {
        Of(new Accuracy(), 3, [0.5f, 0.5f, 0, 0.2f, 0.3f, 0.5f], [1, 0, 0, 0, 1, 0]).ShouldBe(0.5);
        Of(new Accuracy(), 1, [0.5f, 0.51f, 0.2f, 0.9f], [1, 1, 0, 0]).ShouldBe(0.5);
        Of(new BinaryAccuracy(0.3), 2, [0.4f, 0.1f, 0.3f, 0.9f], [1, 1, 0, 1]).ShouldBe(0.75);
    }

    [Fact]
    public void The_k_most_probable_classes_count_with_ties()
    {
        float[] p = [0.1f, 0.2f, 0.3f, 0.4f, 0.4f, 0.3f, 0.3f, 0], t = [0, 1, 0, 0, 0, 0, 1, 0];

        Of(new TopKAccuracy(1), 4, p, t).ShouldBe(0);
        Of(new TopKAccuracy(2), 4, p, t).ShouldBe(0.5);
        Of(new TopKAccuracy(3), 4, p, t).ShouldBe(1);
    }

    [Fact]
    public void A_confusion_matrix_has_true_classes_as_rows()
    {
        var metric = new ConfusionMatrix();
        metric.Add(new(3, 3, [0.1f, 0.8f, 0.1f, 0.3f, 0.2f, 0.5f, 0.6f, 0.2f, 0.2f], [0, 1, 0, 0, 1, 0, 1, 0, 0], [1, 2, 0.5f]));

        metric.Counts.ShouldBe([[0.5, 0, 0], [0, 1, 2], [0, 0, 0]]);
        metric.Result.ShouldBe(1.5 / 3.5);
    }

    /// <summary>The example of scikit-learn's documentation: y_true 0 1 2 0 1 2, y_pred 0 2 1 0 0 1.</summary>
    [Fact]
    public void Precision_recall_and_F1_of_classes_are_those_of_scikit_learn()
    {
        var (t, p) = (OneHot([0, 1, 2, 0, 1, 2], 3), OneHot([0, 2, 1, 0, 0, 1], 3));

        Of(new Precision(ClassAverage.Macro), 3, p, t).ShouldBe(2 / 9.0, 1e-12);
        Of(new Precision(ClassAverage.Micro), 3, p, t).ShouldBe(1 / 3.0, 1e-12);
        Of(new Recall(ClassAverage.Macro), 3, p, t).ShouldBe(1 / 3.0, 1e-12);
        Of(new Recall(ClassAverage.Micro), 3, p, t).ShouldBe(1 / 3.0, 1e-12);
        Of(new F1Score(ClassAverage.Macro), 3, p, t).ShouldBe(0.8 / 3, 1e-12);
        Of(new F1Score(ClassAverage.Micro), 3, p, t).ShouldBe(1 / 3.0, 1e-12);
    }

    [Fact]
    public void Precision_recall_and_F1_of_one_class()
    {
        float[] p = [0.9f, 0.6f, 0.4f, 0.2f, 0.7f], t = [1, 0, 1, 0, 1];
        float[] two = [.. p.SelectMany(v => new[] { 1 - v, v })], classes = [.. t.SelectMany(v => new[] { 1 - v, v })];

        foreach (var (outputs, x, y) in new[] { (1, p, t), (2, two, classes) })
        {
            Of(new Precision(), outputs, x, y).ShouldBe(2 / 3.0, 1e-12);
            Of(new Recall(), outputs, x, y).ShouldBe(2 / 3.0, 1e-12);
            Of(new F1Score(), outputs, x, y).ShouldBe(2 / 3.0, 1e-12);
        }

        Of(new Recall(threshold: 0.3), 1, p, t).ShouldBe(1);
        Of(new Precision(threshold: 0.95), 1, p, t).ShouldBe(0);
        Of(new F1Score(ClassAverage.Macro), 3, OneHot([0, 0, 1], 3), OneHot([0, 1, 1], 3)).ShouldBe(2 / 3.0, 1e-12, "class 2 occurs nowhere");
        Of(new Recall(ClassAverage.Micro, 0.5), 3, [0.9f, 0.8f, 0.1f], [1, 1, 1]).ShouldBe(2 / 3.0, 1e-12);
    }

    [Theory]
    [InlineData(1, 40, 7)]
    [InlineData(2, 100, 5)]
    [InlineData(3, 200, 1000)]
    public void The_area_under_ROC_is_the_share_of_pairs_in_order(ulong seed, int rows, int levels)
    {
        float[] p = [.. Toy.Uniform(rows, seed).Select(v => MathF.Round(v * levels) / levels)];
        float[] t = [.. Toy.Uniform(rows, seed + 100).Zip(p, (noise, score) => noise + score > 0 ? 1f : 0f)];
        float[] w = [.. Toy.Uniform(rows, seed + 200).Select(v => v + 1)];
        var (pairs, ordered) = (0.0, 0.0);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++)
            {
                if (t[i] != 1 || t[j] != 0)
                    continue;
                pairs += (double)w[i] * w[j];
                ordered += (double)w[i] * w[j] * (p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0);
            }
        }

        var metric = new AreaUnderCurve();
        metric.Add(new(rows, 1, p, t, w));

        metric.Result.ShouldBe(ordered / pairs, 1e-12);
    }

    [Theory]
    [InlineData(1, 40, 7)]
    [InlineData(2, 100, 1000)]
    public void The_area_under_precision_and_recall_is_the_sum_over_thresholds(ulong seed, int rows, int levels)
    {
        float[] p = [.. Toy.Uniform(rows, seed).Select(v => MathF.Round(v * levels) / levels)];
        float[] t = [.. Toy.Uniform(rows, seed + 100).Zip(p, (noise, score) => noise + score > 0 ? 1f : 0f)];
        var (expected, before) = (0.0, 0.0);
        foreach (var threshold in p.Distinct().OrderDescending())
        {
            var claimed = Enumerable.Range(0, rows).Where(i => p[i] >= threshold).ToArray();
            double found = claimed.Count(i => t[i] == 1), recall = found / t.Count(v => v == 1);
            expected += (recall - before) * found / claimed.Length;
            before = recall;
        }

        Of(new AreaUnderCurve(Curve.PrecisionRecall), 1, p, t).ShouldBe(expected, 1e-12);
    }

    /// <summary>The example of scikit-learn's documentation.</summary>
    [Fact]
    public void Areas_are_those_of_scikit_learn()
    {
        float[] scores = [0.1f, 0.4f, 0.35f, 0.8f], truth = [0, 0, 1, 1];

        Of(new AreaUnderCurve(), 1, scores, truth).ShouldBe(0.75, 1e-12);
        Of(new AreaUnderCurve(Curve.PrecisionRecall), 1, scores, truth).ShouldBe(0.8333333333, 1e-9);
        Of(new AreaUnderCurve(), 2, [.. scores.SelectMany(v => new[] { 1 - v, v })], [.. truth.SelectMany(v => new[] { 1 - v, v })]).ShouldBe(0.75, 1e-12);
        double.IsNaN(Of(new AreaUnderCurve(), 1, scores, [1, 1, 1, 1])).ShouldBeTrue();
        new AreaUnderCurve(Curve.PrecisionRecall).Name.ShouldBe("pr_auc");
    }

    [Fact]
    public void Three_classes_are_the_mean_of_one_against_the_rest()
    {
        var (p, t, _) = Classification(rows: 30, classes: 3);
        var each = Enumerable.Range(0, 3).Select(c => Of(new AreaUnderCurve(), 1, Column(p, c), Column(t, c)));

        Of(new AreaUnderCurve(), 3, p, t).ShouldBe(each.Average(), 1e-12);

        static float[] Column(float[] values, int c) => [.. values.Where((_, i) => i % 3 == c)];
    }

    [Fact]
    public void Errors_are_means_over_rows_and_outputs()
    {
        Of(new MeanSquaredErrorMetric(), 2, [1, 2, 3, 4], [0, 0, 3, 2]).ShouldBe((1 + 4 + 0 + 4) / 4.0);
        Of(new MeanAbsoluteErrorMetric(), 2, [1, 2, 3, 4], [0, 0, 3, 2]).ShouldBe((1 + 2 + 0 + 2) / 4.0);
        var weighted = new MeanAbsoluteErrorMetric();
        weighted.Add(new(2, 1, [1, 5], [0, 0], [3, 1]));
        weighted.Result.ShouldBe(2);
    }

    [Fact]
    public void Batches_that_do_not_fit_or_hold_no_numbers_are_refused_by_row()
    {
        Refusal(() => Use(new MetricBatch(2, 3, new float[5], new float[6]))).ShouldContain("predictions has 5 values, expected 2 rows of 3");
        Refusal(() => Use(new MetricBatch(2, 3, new float[6], new float[7]))).ShouldContain("targets has 7 values");
        Refusal(() => Use(new MetricBatch(2, 2, [1, 1, float.NaN, 1], new float[4]))).ShouldContain("value 0 of row 1 of predictions is NaN");
        Refusal(() => Use(new MetricBatch(1, 1, [1], [float.PositiveInfinity]))).ShouldContain("row 0 of targets");
        Refusal(() => Use(new MetricBatch(2, 1, [1, 1], [1, 1], [1]))).ShouldContain("1 sample weights for 2 rows");
        Refusal(() => Use(new MetricBatch(1, 1, [1], [1], [-1]))).ShouldContain("weight of row 0 must be 0 or more");
        Refusal(() => Use(new MetricBatch(0, 1, [], []))).ShouldContain("rows must be 1 or more");
        Refusal(() => new Precision().Add(new(1, 3, [1, 0, 0], [1, 0, 0]))).ShouldContain("ClassAverage.Binary is for one or two");
        foreach (var metric in (Metric[])[new ConfusionMatrix(), new AreaUnderCurve(), new Recall(ClassAverage.Macro)])
        {
            metric.Add(new(1, 3, [1, 0, 0], [1, 0, 0]));
            Refusal(() => metric.Add(new(1, 4, [1, 0, 0, 0], [1, 0, 0, 0]))).ShouldContain("the batches before had 3");
        }
    }

    [Fact]
    public void Bad_parameters_are_refused_by_name()
    {
        Refusal(() => _ = new TopKAccuracy(0)).ShouldContain("TopKAccuracy: k must be 1 or more");
        Refusal(() => _ = new BinaryAccuracy(2)).ShouldContain("BinaryAccuracy: threshold");
        Refusal(() => _ = new Recall(threshold: -1)).ShouldContain("Recall: threshold");
        Refusal(() => _ = new Recall((ClassAverage)7)).ShouldContain("Recall: average");
        Refusal(() => _ = new AreaUnderCurve((Curve)7)).ShouldContain("AreaUnderCurve: curve");
        Refusal(() => _ = new Accuracy(" ")).ShouldContain("a metric needs a name", Case.Insensitive);
    }

    private static void Use(MetricBatch batch) => batch.Rows.ShouldBePositive();

    private static string Refusal(Action action) => Should.Throw<ArgumentException>(action).Message;

    private static double Of(Metric metric, int outputs, float[] predictions, float[] targets)
    {
        metric.Add(new(targets.Length / outputs, outputs, predictions, targets));
        return metric.Result;
    }

    private static float[] OneHot(int[] labels, int classes) =>
        [.. labels.SelectMany(label => Enumerable.Range(0, classes).Select(c => c == label ? 1f : 0f))];

    /// <summary>Probabilities that are right more often than not, one-hot targets, and weights from 0 to 2.</summary>
    private static (float[] P, float[] T, float[] W) Classification(int rows, int classes)
    {
        var labels = Toy.Uniform(rows, 3).Select(v => (int)((v + 1) / 2 * classes)).ToArray();
        var t = OneHot(labels, classes);
        float[] p = [.. Toy.Uniform(rows * classes, 4).Zip(t, (noise, target) => ((noise + 1) / 2) + (0.4f * target))];
        for (var row = 0; row < rows; row++)
        {
            var sum = p.AsSpan(row * classes, classes).ToArray().Sum();
            for (var c = 0; c < classes; c++)
                p[row * classes + c] /= sum;
        }

        return (p, t, [.. Toy.Uniform(rows, 5).Select(v => v + 1)]);
    }
}
