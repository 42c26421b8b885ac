using Shoal;

/// <summary><c>multiprocessing.Pool</c>: its asynchronous verbs and <c>AsyncResult</c>.</summary>
internal static class MultiprocessingAsync
{
    public static void Run()
    {
        using var pool = Pool.Processes(2);
        int[] numbers = Work.Numbers;
        var pairs = numbers.Select(x => ((double)x, 2)).ToArray();
        var found = new List<int>();

        #region async
        PoolTask<int[]> squares = pool.MapAsync(numbers, Work.Square);                 // r = pool.map_async(square, numbers)
        PoolTask<double[]> powers = pool.StarMapAsync(pairs, Work.Power);              // r = pool.starmap_async(power, pairs)
        PoolTask<int> one = pool.ApplyAsync(Work.Square, 3)                            // r = pool.apply_async(square, (3,),
            .Then(found.Add, error => Console.WriteLine(error.Message));               //     callback=found.append, error_callback=print)
        #endregion

        #region result
        int[] got = squares.Wait();                                                    // r.get()
        double[] soon = powers.Wait(TimeSpan.FromSeconds(60));                         // r.get(timeout=60)
        bool ready = squares.IsCompleted;                                              // r.ready()
        bool successful = squares.AsTask().IsCompletedSuccessfully;                    // r.successful()
        bool stopped = one.Cancel();                                                   // (Python has none: it stops the work itself)
        #endregion
        Console.WriteLine($"{got.Sum()} {soon.Sum()} {ready} {successful} {stopped || one.IsCompleted}");
    }
}
