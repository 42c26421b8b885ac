using System.Diagnostics;
using Shoal;
using Shoal.Learning;

namespace Foundations;

/// <summary>
/// What <c>shoal digits --rows 10000</c> does warm: rows predicted one by one by the plain loop, two threads and two worker processes, in turn, several rounds in one run.
/// </summary>
internal static class RowPoolsBench
{
    private const int Rows = 10_000;
    private const int Rounds = 7;
    private const int Pixels = 784;

    /// <summary>Speed-ups over the loop of the same round, once every pool is warm.</summary>
    public static void Run()
    {
        var (images, _) = DigitsData.Train(Rows);
        var rows = images.Chunk(Pixels).Select(row => row.Select(pixel => (byte)(pixel * 255f)).ToArray()).ToArray();
        var path = Path.Combine(Path.GetTempPath(), $"shoal-bench-{Environment.ProcessId}.safetensors");
        using (var trained = DigitsNetwork.Create(new() { Seed = 1, Threads = 2 }))
        {
            trained.Fit(images.AsMemory(0, 2048 * Pixels), new int[2048], new() { StepsPerEpoch = 16, BatchSize = 128 });
            trained.Save(path);
        }

        using var serial = Pool.Serial();
        using var threads = Pool.Threads(2);
        using var processes = Pool.Processes(2);
        for (var round = -1; round < Rounds; round++)
        {
            var loop = Seconds(serial, rows, path);
            var (threaded, shipped) = (Seconds(threads, rows, path), Seconds(processes, rows, path));
            if (round < 0)
                continue;
            Report.Print("row_us_serial", loop / Rows * 1e6);
            Report.Print("rows_speedup_threads_2", loop / threaded);
            Report.Print("rows_speedup_processes_2", loop / shipped);
        }

        File.Delete(path);
    }

    private static readonly WorkerLocal<Dictionary<string, Sequential>> Models = new(() => []);

    private static double Seconds(Pool pool, byte[][] rows, string path)
    {
        var clock = Stopwatch.StartNew();
        _ = pool.Map(rows, row => Predict(Model(path), row));
        return clock.Elapsed.TotalSeconds;
    }

    private static Sequential Model(string path)
        => Models.Value.TryGetValue(path, out var model) ? model : Models.Value[path] = DigitsNetwork.Load(path, new() { Threads = 1 });

    private static float[] Predict(Sequential model, byte[] row)
    {
        Span<float> pixels = stackalloc float[Pixels];
        for (var pixel = 0; pixel < pixels.Length; pixel++)
            pixels[pixel] = row[pixel] / 255f;
        var probabilities = new float[10];
        model.Predict(pixels, probabilities);
        return probabilities;
    }
}
