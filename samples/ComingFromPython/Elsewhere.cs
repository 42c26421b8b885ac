using Shoal;

/// <summary>What <c>multiprocessing</c> does with processes, queues, locks and shared memory, said with the verbs alone.</summary>
internal static class Elsewhere
{
    public static void Run()
    {
        int[] numbers = Work.Numbers;

        using var pool = Pool.Processes(2);
        #region queue
        int total = pool.Map(numbers, Work.Square).Sum();                     // results go through return values: no Queue, no Lock, no Value
        #endregion

        #region local
        var buffer = new WorkerLocal<byte[]>(() => new byte[1 << 20]);        // a global that an initializer sets in each process
        int[] lengths = pool.Map(numbers, x => buffer.Value.Length + x);
        #endregion

        #region random
        var options = new MapOptions { Seed = 42 };                           // numpy.random.SeedSequence(42).spawn(len(numbers))
        double[] drawn = pool.Map(numbers, (x, context) => x + context.Random.NextDouble(), options);
        #endregion
        Console.WriteLine($"{total} {lengths.Length} {drawn.SequenceEqual(pool.Map(numbers, (x, context) => x + context.Random.NextDouble(), options))}");
    }
}
