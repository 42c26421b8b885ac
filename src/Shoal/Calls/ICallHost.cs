using Shoal.Backends;

namespace Shoal.Calls;

/// <summary>What runs a pool's calls: the plain loop, or the dispatcher over a back end. Thread-safe.</summary>
internal interface ICallHost : IDisposable
{
    BackendTraits Traits { get; }

    /// <summary>Whether items still run.</summary>
    bool WorkRuns { get; }

    /// <summary>Runs a call on this thread, or while it waits; throws what the loop would throw.</summary>
    void Run(PoolJob job, CallControl control);

    /// <summary>Begins a call; <paramref name="completed"/> is told the outcome.</summary>
    void Begin(PoolJob job, CallControl control, Action<Exception?> completed);

    /// <summary>Begins a call whose results are read while it runs.</summary>
    IRangeSource Stream(PoolJob job, CallControl control, bool ordered);

    /// <summary>Takes no more calls; open ones go on.</summary>
    void Close();

    /// <summary>Cancels open calls and ends the workers.</summary>
    void Terminate();

    /// <summary>Waits for the end of workers and calls after <see cref="Close"/> or <see cref="Terminate"/>.</summary>
    bool Join(TimeSpan timeout);

    /// <summary>Adds what was done to a report.</summary>
    PoolReport Report(PoolReport report);
}
