namespace Shoal.Processes;

/// <summary>Looks every now and then at the memory of a pool's workers, on a thread of its own.</summary>
internal sealed class MemoryWatch : IDisposable
{
    /// <summary>How long between two looks, in milliseconds. A look costs 20 µs a worker: at 200 workers a twenty-fifth of a core.</summary>
    private const int Interval = 100;

    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    /// <summary>Begins to look.</summary>
    /// <param name="workers">Who is there now.</param>
    public MemoryWatch(Func<IReadOnlyList<ProcessWorker>> workers)
    {
        _thread = new Thread(() => Look(workers), 256 * 1024) { IsBackground = true, Name = "Shoal memory" };
        _thread.UnsafeStart();
    }

    public void Dispose()
    {
        _end.Set();
        // What it reports may end the pool, on its own thread.
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Look(Func<IReadOnlyList<ProcessWorker>> workers)
    {
        while (!_end.Wait(Interval))
        {
            foreach (ProcessWorker worker in workers())
                worker.CheckMemory();
        }
    }
}
