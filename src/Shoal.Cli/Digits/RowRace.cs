using System.Diagnostics;
using Shoal.Frames;
using Shoal.Learning;

namespace Shoal.Cli.Digits;

/// <summary>Predicts the same rows, one by one, with the plain loop and then with each pool, and compares answers and times.</summary>
internal sealed class RowRace(string modelPath, byte[][] rows)
{
    private Passes? _serial;

    /// <summary>The spec of the plain loop, which runs first.</summary>
    public const string Serial = "serial";

    /// <summary>Runs one pool twice: cold with its start and the model's loading, then warm.</summary>
    public PoolResult Run(string spec, IProgress<PoolProgress>? progress, CancellationToken cancel)
    {
        // Each worker loads the model once, from the file. One thread each: the pool's workers are what uses the cores.
        var path = modelPath;
        var model = new WorkerLocal<Sequential>(() => DigitsNetwork.Load(path, new ModelOptions { Threads = 1 }));
        var options = new MapOptions { Progress = progress };

        var start = Stopwatch.GetTimestamp();
        using var pool = Pool.Open(spec);
        var cold = pool.Map(rows, (row, context) => Predict(model.Value, row, context), options, cancel);
        var coldSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        var warm = pool.Map(rows, (row, context) => Predict(model.Value, row, context), options, cancel);
        var passes = new Passes(cold, coldSeconds, warm, Stopwatch.GetElapsedTime(start).TotalSeconds);
        _serial ??= passes;
        return Compare(pool.Report, passes, _serial);
    }

    private static RowPrediction Predict(Sequential model, byte[] row, ItemContext context)
    {
        Span<float> pixels = stackalloc float[DigitImages.Size];
        for (var pixel = 0; pixel < pixels.Length; pixel++)
            pixels[pixel] = row[pixel] / 255f;

        var probabilities = new float[DigitImages.Classes];
        model.Predict(pixels, probabilities, context.Cancel);
        return new RowPrediction(Environment.ProcessId, context.Worker, probabilities);
    }

    private static PoolResult Compare(PoolReport report, Passes passes, Passes serial) => new()
    {
        Pool = report.Pool,
        Workers = report.Workers,
        WorkersUsed = passes.Warm.DistinctBy(row => row.Worker).Count(),
        Rows = passes.Warm.Length,
        ItemsInWorkers = passes.Warm.Count(row => row.ProcessId != Environment.ProcessId),
        ColdSeconds = passes.ColdSeconds,
        WarmSeconds = passes.WarmSeconds,
        RowsPerSecond = passes.Warm.Length / passes.WarmSeconds,
        Speedup = serial.WarmSeconds / passes.WarmSeconds,
        ColdSpeedup = serial.ColdSeconds / passes.ColdSeconds,
        Identical = SameBits(passes.Cold, serial.Cold) && SameBits(passes.Warm, serial.Cold),
        WorkersLost = report.WorkersLost > 0 ? report.WorkersLost : null,
        ItemsRunAgain = report.ItemsRunAgain > 0 ? report.ItemsRunAgain : null,
    };

    private static bool SameBits(RowPrediction[] one, RowPrediction[] other) =>
        one.Length == other.Length && one.Zip(other).All(pair => SameBits(pair.First.Probabilities, pair.Second.Probabilities));

    private static bool SameBits(float[] one, float[] other) =>
        one.Length == other.Length && one.Zip(other).All(pair => BitConverter.SingleToUInt32Bits(pair.First) == BitConverter.SingleToUInt32Bits(pair.Second));

    private sealed record Passes(RowPrediction[] Cold, double ColdSeconds, RowPrediction[] Warm, double WarmSeconds);
}
