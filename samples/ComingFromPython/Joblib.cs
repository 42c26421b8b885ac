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
        using var named = Pool.Open("processes:2");                           // with parallel_config(backend="loky", n_jobs=2):
        int workers = parallel.Workers;                                       // effective_n_jobs()
        #endregion

        #region options
        int[] four = parallel.Map(numbers, Work.Square, new MapOptions
        {
            Batch = 4,                                                        // Parallel(batch_size=4); absent: "auto", as there
            Progress = progress,                                              // Parallel(verbose=10)
        }, cancel.Token);
        #endregion

        #region memory
        string folder = Path.Combine(Path.GetTempPath(), $"shoal-joblib-{Environment.ProcessId}");
        CachedPool memory = parallel.Cached(folder);                          // memory = Memory(folder); square = memory.cache(square)
        int cached = memory.Apply(Work.Square, 12);                           // square(12)
        int[] more = memory.Map(numbers, Work.Square);                        // parallel(delayed(square)(x) for x in numbers)
        #endregion
        Directory.Delete(folder, recursive: true);
        Console.WriteLine($"{squares.Sum()} {powers.Sum()} {workers} {four.Sum()} {progress.Finished} {cached} {more.Sum()}");
        Console.WriteLine($"{threads.Spec} {serial.Spec} {auto.Spec} {named.Spec}");
    }

    /// <summary>Keeps the last report: progress is called directly, so that nothing comes late.</summary>
    private sealed class LastPart : IProgress<PoolProgress>
    {
        public long Finished { get; private set; }

        public void Report(PoolProgress value) => Finished = value.Finished;
    }
}
