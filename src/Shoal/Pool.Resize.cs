using Shoal.Calls;

namespace Shoal;

/// <content>Another number of workers for a pool that is open.</content>
public sealed partial class Pool
{
    /// <summary>Changes how many workers run at once. Returns at once; also while calls run, whose results stay the same.</summary>
    /// <param name="workers">How many, 1 or more. More workers start now, or on pools of threads when there is work for them; surplus ones, those with the highest numbers, end when they have finished their batch.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed, or a plain loop, whose only worker is its caller.</exception>
    /// <remarks>Thread-safe; where several threads ask, the last one counts. Workers that are there already keep the share of the cores that they were started with. Inside an item of a pool, where every verb is a loop, only the number changes.</remarks>
    public void Resize(int workers)
    {
        if (workers < 1)
            throw new ArgumentOutOfRangeException(nameof(workers), workers, $"Pool '{Spec}' cannot have {workers} workers: the least is 1.");
        ThrowIfClosed();
        if (_host is IResizable host && _host.Traits.CanResize)
            host.Resize(workers);
        else if (_nested)
            Volatile.Write(ref _loopWorkers, workers);
        else
            throw new InvalidOperationException($"Pool '{Spec}' cannot be resized: its back end has a fixed number of workers. Use Pool.Threads or Pool.Processes.");
    }
}
