using System.Globalization;

namespace Shoal.Bench.Learning;

/// <summary>The table of issue 6: medians over the rounds, lowest and highest in brackets; ratios and shares are made round by round.</summary>
internal static class Table
{
    public static void Print(Figures figures, IEnumerable<string> peers)
    {
        foreach (var peer in peers)
            Console.WriteLine($"peer: {peer}");
        Console.WriteLine("Clock: 1 thread by processor time, 2 threads by the wall, peers alike; shares are of the loop of fused multiply-adds measured right before.");
        if (figures.Of("largest difference") is { } difference)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Same network in ONNX Runtime: probabilities differ by at most {difference.Median:E1}."));
        Console.WriteLine();
        Line("", "ours", "peer", "ratio or share", "goal");
        foreach (var threads in new[] { 1, 2 })
        {
            var name = $"training {threads}";
            var best = (figures.Of($"{name} last")?.Median ?? 0) > (figures.Of($"{name} nchw")?.Median ?? 0) ? "last" : "nchw";
            Line($"training, batch 128, {Threads(threads)}, images/s", figures.Of(name), "F0", figures.Of($"{name} {best}"), figures.Ratio(name, $"{name} {best}"), "told");
            Line("  PyTorch NCHW / channels_last, images/s", null, "F0", null, null, Middle(figures, $"{name} nchw") + " / " + Middle(figures, $"{name} last"));
            var scale = Network.TrainingFlops / 1e9;
            Share(figures, "  GFLOP/s, share of the peak", name, $"peak {threads} training", scale, threads == 2 ? ">= 58 %, stretch 70" : "told");
            Share(figures, "  PyTorch's share of the peak", $"{name} {best}", $"peak {threads} training", scale, "told");
        }

        foreach (var threads in new[] { 1, 2 })
        {
            var name = $"prediction {threads}";
            Line(
                $"prediction, batch 128, {Threads(threads)}, images/s", figures.Of(name), "F0", figures.Of($"{name} ort"), figures.Ratio(name, $"{name} ort"),
                threads == 1 ? ">= 1.0, stretch 1.15" : "told");
            Share(figures, "  GFLOP/s, share of the peak", name, $"peak {threads} prediction", Network.ForwardFlops / 1e9, "told");
        }

        Line("prediction, row by row, 1 thread, rows/s", figures.Of("row"), "F0", figures.Of("row ort"), figures.Ratio("row", "row ort"), ">= 1.05, stretch 1.2");
        Bound(figures);
        Line("matrix product 1024, 1 thread, GFLOP/s", figures.Of("product"), "F1", figures.Of("product numpy"), figures.Ratio("product", "product numpy"), "told");
        Share(figures, "  share of the peak", "product", "peak 1 product", 1, ">= 82 %, stretch 92");
        Share(figures, "  OpenBLAS' share of the peak", "product numpy", "peak 1 product", 1, "told");
        foreach (var (part, goal) in new[] { ("forward", ">= 88 %, stretch 97"), ("input gradient", ">= 82 %, stretch 92"), ("weight gradient", ">= 78 %, stretch 90") })
            Share(figures, $"convolution 32-32, {part}, GFLOP/s", $"convolution {part}", $"peak 1 convolution {part}", 1, goal);
        foreach (var part in new[] { "forward", "input gradient", "weight gradient" })
            Share(figures, $"dense 4608-512, batch 128, {part}, GFLOP/s", $"dense {part}", $"peak 1 dense {part}", 1, "told");
        Line("2 threads over 1, training, by the wall", null, "F2", null, figures.Ratio("training 2 wall", "training 1 wall"), ">= 1.8, stretch 1.9");
        Line("2 threads over 1, prediction, by the wall", null, "F2", null, figures.Ratio("prediction 2 wall", "prediction 1 wall"), ">= 1.8, stretch 1.9");
        Line("  the loop of multiply-adds itself, in the same rounds", null, "F2", null, figures.Ratio("peak 2 training wall", "peak 1 training wall"), "2 if quiet");
        Line("bytes allocated in a warm training step", figures.Of("bytes a step"), "F0", null, null, "0");
        Line("memory of the tutorial's training, MB", figures.Of("memory"), "F0", figures.Of("memory torch"), figures.Ratio("memory", "memory torch"), "<= 0.25");
        Line("  with the images as floats", figures.Of("memory-floats"), "F0", figures.Of("memory torch"), figures.Ratio("memory-floats", "memory torch"), "told");
    }

    /// <summary>A row can be no faster than its dense weights are read and its convolutions multiplied; zero inputs, whose weights are left out, are not counted off.</summary>
    private static void Bound(Figures figures)
    {
        if (figures.Of("reading") is not { } reading || figures.Of("peak 1 row") is not { } peak || figures.Of("row") is not { } row)
            return;
        const double Bytes = 4608 * 512 * 4.0;
        var convolutions = Network.ForwardFlops - (2.0 * ((4608 * 512) + 5120));
        var seconds = (Bytes / (reading.Median * 1e9)) + (convolutions / (peak.Median * 1e9));
        Line("  bound: weights read once + convolutions at the peak, rows/s", $"{1 / seconds:F0}", $"{reading.Median:F1} GB/s", $"{row.Median * seconds:P0}", "told");
    }

    private static void Share(Figures figures, string what, string name, string peak, double scale, string goal) => Line(
        what, figures.Of(name) is { } value ? (value.Median * scale).ToString("F1", CultureInfo.InvariantCulture) : "absent",
        Middle(figures, peak, "F1"), Text(figures.Ratio(name, peak, 100 * scale), "F1") + " %", goal);

    private static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    private static string Middle(Figures figures, string name, string format = "F0") => figures.Of(name)?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "absent";

    private static string Text(Spread? spread, string format) => spread?.Text(format) ?? "absent";

    private static void Line(string what, Spread? ours, string format, Spread? peer, Spread? ratio, string goal) => Line(
        what, ours?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "", peer?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "",
        Text(ratio, "F2").Replace("absent", "", StringComparison.Ordinal), goal);

    private static void Line(string what, string ours, string peer, string ratio, string goal) =>
        Console.WriteLine($"{what,-62}{ours,10}{peer,12}{ratio,26}   {goal}");
}
