using Shoal;

/// <summary><c>concurrent.futures</c>.</summary>
internal static class Futures
{
    public static void Run()
    {
        #region executor
        using var executor = Pool.Processes(2);                               // with ProcessPoolExecutor(2) as executor:
        using var threads = Pool.Threads(2);                                  // with ThreadPoolExecutor(2) as executor:
        using var prepared = Pool.Processes(new PoolOptions                   // ProcessPoolExecutor(2, initializer=f)
        {
            Workers = 2,
            Initializer = () => Console.SetError(TextWriter.Null),
        });
        #endregion

        int[] numbers = Work.Numbers;
        int sum = 0;
        #region future
        int[] squares = executor.Map(numbers, Work.Square);                   // list(executor.map(square, numbers))
        int[] batches = executor.Map(numbers, Work.Square, new()              // list(executor.map(square, numbers, chunksize=4, timeout=60))
        {
            Batch = 4,
            Timeout = TimeSpan.FromSeconds(60),                               // of each item; it ends the item as well
        });
        foreach (int square in executor.Stream(numbers, Work.Square, new()    // for square in executor.map(square, numbers, buffersize=8):
        {
            Buffer = 8,
        }))
        {
            sum += square;
        }
        PoolTask<int> future = executor.ApplyAsync(Work.Square, 3);           // future = executor.submit(square, 3)
        future.Then(x => { }, error => { });                                  // future.add_done_callback(f)
        int result = future.Wait(TimeSpan.FromSeconds(60));                   // future.result(timeout=60)
        bool done = future.IsCompleted;                                       // future.done(); future.running() is its contrary
        Exception? error = future.AsTask().Exception?.InnerException;         // future.exception()
        bool open = future.Cancel();                                          // future.cancel(); a running one is stopped as well
        bool cancelled = future.AsTask().IsCanceled;                          // future.cancelled()
        #endregion
        Console.WriteLine($"{squares.Sum()} {batches.Sum()} {sum} {prepared.Apply(() => 1)} {result} {done} {error is null} {open} {cancelled} {threads.Apply(Work.Square, 2)}");

        #region lost
        try
        {
            executor.Apply(() => { Environment.Exit(3); return 0; });
        }
        catch (WorkerLostException lost)                                      // except BrokenProcessPool: the pool here is not broken
        {
            Console.WriteLine($"exit code {lost.ExitCode}; and still {executor.Apply(Work.Square, 4)}");
        }
        #endregion

        #region shutdown
        executor.Close();                                                     // executor.shutdown(wait=False)
        executor.Join();                                                      // executor.shutdown()
        threads.Terminate();                                                  // executor.shutdown(cancel_futures=True)
        #endregion
    }

    public static async Task RunAsync()
    {
        using var executor = Pool.Processes(2);
        int[] numbers = Work.Numbers;
        var results = new List<int>();

        #region completed
        var futures = numbers.Select(x => executor.ApplyAsync(Work.Square, x).AsTask()).ToArray();
        await foreach (Task<int> future in Task.WhenEach(futures))            // for future in as_completed(futures):
            results.Add(await future);
        Task<int> first = await Task.WhenAny(futures);                        // wait(futures, return_when=FIRST_COMPLETED)
        int[] squares = await Task.WhenAll(futures);                          // wait(futures)
        int[] soon = await Task.WhenAll(futures).WaitAsync(TimeSpan.FromSeconds(60));      // wait(futures, timeout=60)
        #endregion
        Console.WriteLine($"{results.Sum()} {first.IsCompletedSuccessfully} {squares.Sum()} {soon.Length}");
    }
}
