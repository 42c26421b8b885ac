using Shoal;

/// <summary><c>joblib</c>.</summary>
internal static class Joblib
{
    public static void Run()
    {
        int[] numbers = Work.Numbers;
        var pairs = numbers.Select(x => ((double)x, 2)).ToArray();
        using var cancel = new CancellationTokenSource();
        var progress = new LastPart();

        #region parallel
        using var parallel = Pool.Processes(2);                               // parallel = Parallel(n_jobs=2)
        int[] squares = parallel.Map(numbers, Work.Square);                   // parallel(delayed(square)(x) for x in numbers)
        double[] powers = parallel.StarMap(pairs, Work.Power);                // parallel(delayed(power)(x, n) for x, n in pairs)
        using var threads = Pool.Threads(2);                                  // Parallel(n_jobs=2, prefer="threads")
        using var serial = Pool.Serial();                                     // Parallel(n_jobs=1)
        using var auto = Pool.Auto();                                         // (none: spreads over threads where that pays)
        using var named = Pool.Open("processes:2");                           // with parallel_config(backend="loky", n_jobs=2): parallel_backend alike
        int workers = parallel.Workers;                                       // effective_n_jobs()
        #endregion

        #region options
        int[] four = parallel.Map(numbers, Work.Square, new MapOptions
        {
            Batch = 4,                                                        // Parallel(batch_size=4); absent: "auto", as there
            InFlight = 8,                                                     // Parallel(pre_dispatch=8)
            Timeout = TimeSpan.FromSeconds(60),                               // Parallel(timeout=60)
            Progress = progress,                                              // Parallel(verbose=10)
        }, cancel.Token);
        #endregion

        int total = 0;
        #region returned
        foreach (int square in parallel.Stream(numbers, Work.Square))         // Parallel(n_jobs=2, return_as="generator")(…)
            total += square;
        foreach (int square in parallel.StreamUnordered(numbers, Work.Square)) // Parallel(n_jobs=2, return_as="generator_unordered")(…)
            total += square;
        using var inner = Pool.Processes(new PoolOptions                      // with parallel_config("loky", inner_max_num_threads=1):
        {
            Workers = 2,                                                      // absent: each worker's share of the cores
            Environment = new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1" },
        });
        #endregion
        Console.WriteLine($"{total} {inner.Apply(() => Environment.GetEnvironmentVariable("OMP_NUM_THREADS"))}");

        #region memory
        string folder = Path.Combine(Path.GetTempPath(), $"shoal-joblib-{Environment.ProcessId}");
        CachedPool memory = parallel.Cached(folder);                          // memory = Memory(folder); square = memory.cache(square)
        int cached = memory.Apply(Work.Square, 12);                           // square(12)
        int[] more = memory.Map(numbers, Work.Square);                        // parallel(delayed(square)(x) for x in numbers)
        int again = memory.Apply(Work.Square, 12);                            // square(12): found, not run
        #endregion
        Directory.Delete(folder, recursive: true);
        Console.WriteLine($"{squares.Sum()} {powers.Sum()} {workers} {four.Sum()} {progress.Finished} {cached} {again} {more.Sum()}");
        Console.WriteLine($"{threads.Spec} {serial.Spec} {auto.Spec} {named.Spec}");
    }

    /// <summary>Keeps the last report: progress is called directly, so that nothing comes late.</summary>
    private sealed class LastPart : IProgress<PoolProgress>
    {
        public long Finished { get; private set; }

        public void Report(PoolProgress value) => Finished = value.Finished;
    }
}
