using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>
/// A place where a pool's functions run: it starts workers, hands them batches, brings back what they did, and stops them.
/// </summary>
/// <remarks>
/// The pool's dispatcher decides; a back end only obeys and reports. Workers are numbered 0…n−1; after a loss, and after a stop
/// without force of a worker that has no batch, the dispatcher may start the same number again, with another sink. Calls come one at a time; reports may come from any thread.
/// </remarks>
[Experimental("SHOAL001")]
public interface IBackend : IDisposable
{
    /// <summary>The spec without a count, such as <c>processes</c>.</summary>
    string Scheme { get; }

    /// <summary>What this back end can do.</summary>
    BackendTraits Traits { get; }

    /// <summary>Bytes of functions and items that were sent to workers so far; 0 where nothing crosses a wire.</summary>
    long BytesSent => 0;

    /// <summary>The pool wants another number of workers from now on; starts and stops follow. Only where <see cref="BackendTraits.CanResize"/>.</summary>
    /// <param name="workers">How many, 1 or more.</param>
    void Resize(int workers)
    {
    }

    /// <summary>Begins to start a worker and returns at once; <see cref="IBackendSink.Ready"/> or <see cref="IBackendSink.Lost"/> follows.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="sink">Where this worker's reports go, until it is lost or stopped.</param>
    void Start(int worker, IBackendSink sink);

    /// <summary>Hands a worker a range of items; it runs them in order.</summary>
    /// <param name="worker">A worker that is ready and has no batch, or, where <see cref="BackendTraits.SendsAhead"/> says so, one.</param>
    /// <param name="batch">The range.</param>
    /// <exception cref="ItemRefusedException">The function or an item cannot travel. The worker stays usable; no item of the batch ran.</exception>
    void Send(int worker, Batch batch);

    /// <summary>Asks the worker to give up the item it runs: its cancellation token is cancelled. The worker stays.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="call">The call whose work is to stop.</param>
    void Cancel(int worker, int call);

    /// <summary>
    /// Takes back items that a worker has not begun; only where <see cref="BackendTraits.GivesBack"/> says so. <see cref="IBackendSink.TakenBack"/> answers, unless the worker is lost.
    /// </summary>
    /// <remarks>The answer decides: items before it are reported as ever, those from it on never run there, and nothing is said of them.</remarks>
    /// <param name="worker">Its number.</param>
    /// <param name="batch">The <see cref="Batch.Number"/> of a batch that it was sent; it may be done.</param>
    /// <param name="half">Whether to leave it the first half of what it has not begun.</param>
    void TakeBack(int worker, long batch, bool half) => throw new NotSupportedException();

    /// <summary>Ends a worker: without <paramref name="kill"/> when it has finished its batch, with it at once, children included. <see cref="IBackendSink.Lost"/> follows in both cases.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="kill">Whether to end it even while it works.</param>
    void Stop(int worker, bool kill);
}
