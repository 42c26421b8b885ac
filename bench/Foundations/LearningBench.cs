using System.Diagnostics;
using Shoal.Learning;

namespace Foundations;

/// <summary>The digits network as <c>cnn_torch.py</c> runs it: 5 epochs of 46 steps of 128, then rows one by one on one thread.</summary>
internal static class LearningBench
{
    private const int Rows = 6_000;
    private const int PredictedRows = 1_000;
    private const int Pixels = 784;

    /// <summary>Images a second over the whole training, without augmentation (as the peer) and with it.</summary>
    public static void Train()
    {
        var (images, labels) = DigitsData.Train(Rows);
        foreach (var (name, augmentation) in new[] { ("train_images_per_second", null), ("train_augmented_images_per_second", DigitsNetwork.Augmentation) })
        {
            using var model = DigitsNetwork.Create(new() { Seed = 1, Threads = 2 });
            var history = model.Fit(images, labels, new() { Epochs = 5, StepsPerEpoch = 46, BatchSize = 128, Seed = 1, Augmentation = augmentation });
            Report.Print(name, history.Epochs.Average(epoch => epoch.ImagesPerSecond));
        }
    }

    /// <summary>Milliseconds a row, one row a call, one thread; and images a second in batches of 128.</summary>
    public static void PredictRows()
    {
        var (images, _) = DigitsData.Train(Rows + PredictedRows);
        var rows = images.AsMemory(Rows * Pixels);
        using var model = DigitsNetwork.Create(new() { Seed = 1, Threads = 1 });
        model.Fit(images.AsMemory(0, 512 * Pixels), new int[512], new() { StepsPerEpoch = 1, BatchSize = 128 });
        var probabilities = new float[PredictedRows * 10];
        for (var pass = 0; pass < 2; pass++)
        {
            var clock = Stopwatch.StartNew();
            for (var row = 0; row < PredictedRows; row++)
                model.Predict(rows.Span.Slice(row * Pixels, Pixels), probabilities.AsSpan(row * 10, 10));
            if (pass > 0)
                Report.Print("row_ms", clock.Elapsed.TotalMilliseconds / PredictedRows);
        }

        var batched = Stopwatch.StartNew();
        model.Predict(rows.Span, probabilities);
        Report.Print("predict_images_per_second_1_thread", PredictedRows / batched.Elapsed.TotalSeconds);
    }
}
