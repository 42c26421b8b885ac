using Shoal;

/// <summary><c>multiprocessing.Pool</c>: its start, its synchronous verbs, its end.</summary>
internal static class MultiprocessingPool
{
    public static void Run()
    {
        #region open
        using var pool = Pool.Processes(2);                                   // with Pool(2) as pool:
        using var all = Pool.Processes();                                     // Pool()
        using var threads = Pool.Threads(2);                                  // multiprocessing.pool.ThreadPool(2)
        using var prepared = Pool.Processes(new PoolOptions                   // Pool(2, initializer=f)
        {
            Workers = 2,
            Initializer = () => Console.SetError(TextWriter.Null),
        });
        using var fresh = Pool.Processes(new PoolOptions                      // Pool(2, maxtasksperchild=100)
        {
            Workers = 2,
            TasksPerWorker = 100,                                             // ProcessPoolExecutor(2, max_tasks_per_child=100)
        });
        int cores = Environment.ProcessorCount;                               // multiprocessing.cpu_count(), len(os.sched_getaffinity(0))
        #endregion

        int[] numbers = Work.Numbers;
        var pairs = numbers.Select(x => ((double)x, 2)).ToArray();
        #region verbs
        int[] squares = pool.Map(numbers, Work.Square);                       // pool.map(square, numbers)
        int[] fours = pool.Map(numbers, Work.Square, new() { Batch = 4 });    // pool.map(square, numbers, chunksize=4)
        double[] powers = pool.StarMap(pairs, Work.Power);                    // pool.starmap(power, pairs)
        double one = pool.Apply(Work.Power, 3.0, 2);                          // pool.apply(power, (3.0, 2))
        int factor = 10;
        int[] scaled = pool.Map(numbers, x => x * factor);                    // pool.map(partial(scale, factor=10), numbers)
        #endregion
        Console.WriteLine($"{squares.Sum()} {fours.Sum()} {powers.Sum()} {one} {scaled.Sum()} {cores > 0} {prepared.Apply(() => 1)} {fresh.Apply(() => 1)} {all.Workers == cores} {threads.Workers}");

        int sum = 0;
        #region stream
        foreach (int square in pool.Stream(numbers, Work.Square))             // for square in pool.imap(square, numbers):
            sum += square;
        foreach (int square in pool.StreamUnordered(numbers, Work.Square))    // for square in pool.imap_unordered(square, numbers):
            sum += square;
        foreach (int square in pool.Stream(numbers, Work.Square, new()
        {
            Buffer = 8,                                                       // executor.map(square, numbers, buffersize=8)
        }))
        {
            sum += square;
        }
        #endregion

        #region rest
        pool.ForEach(numbers, x => { Work.Square(x); });                      // for _ in pool.imap_unordered(f, numbers): pass
        int total = pool.Reduce(numbers, 0, Work.Square, (a, b) => a + b);    // sum(pool.imap(square, numbers))
        int[] each = pool.Map(numbers, Work.Square, new()                     // (pebble: pool.map(square, numbers, timeout=60))
        {
            Timeout = TimeSpan.FromSeconds(60),
        });
        #endregion
        Console.WriteLine($"{sum} {total} {each.Length}");

        #region failure
        try
        {
            pool.Map(numbers, Work.Fails);                                    // pool.map(fails, numbers)
        }
        catch (FormatException error)                                         // except ValueError as error:
        {
            Console.WriteLine(error.Message);
        }
        #endregion

        #region end
        pool.Close();                                                         // pool.close()
        pool.Join();                                                          // pool.join()
        threads.Terminate();                                                  // pool.terminate()
        #endregion
    }
}
