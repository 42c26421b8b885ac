using Shoal.Reporting;

namespace Shoal;

/// <content>The end of a pool.</content>
public sealed partial class Pool
{
    /// <summary>Takes no more calls. Those that run go on, and their handles complete; then the workers end.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            _host.Close();
    }

    /// <summary>Waits until the work is done and the workers have ended; after <see cref="Close"/> or <see cref="Terminate"/>.</summary>
    /// <param name="timeout">How long; for ever if absent.</param>
    /// <returns>Whether they have.</returns>
    /// <exception cref="InvalidOperationException">The pool is open.</exception>
    public bool Join(TimeSpan? timeout = null)
    {
        if (Volatile.Read(ref _disposed) != 0)
            return true;
        if (Volatile.Read(ref _closed) == 0)
            throw new InvalidOperationException($"Pool '{Spec}' is open, and its workers wait for work: call Close or Terminate before Join.");
        return _host.Join(timeout ?? Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the pool at once: open calls are cancelled, and work that does not stop within 0.2 seconds is ended by force where the back end can.</summary>
    /// <remarks>Returns before the workers are gone; <see cref="Join"/> waits for that.</remarks>
    public void Terminate()
    {
        Interlocked.Exchange(ref _closed, 1);
        if (Volatile.Read(ref _disposed) == 0)
            _host.Terminate();
    }

    /// <summary>
    /// <see cref="Close"/> and <see cref="Join"/>; if a verb of this pool threw or was cancelled and its work still runs, <see cref="Terminate"/> and <see cref="Join"/>.
    /// Streams that were not read to their end are cancelled.
    /// </summary>
    public void Dispose()
    {
        if (Volatile.Read(ref _disposed) != 0)
            return;
        EndStreams();
        if (Volatile.Read(ref _unclean) != 0 && _host.WorkRuns)
            Terminate();
        else
            Close();
        // A worker cannot wait for itself; its pool ends when it is done.
        if (!RunsHere || _nested)
            JoinAll();
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _host.Dispose();
        OpenPools.Remove(this);
        GC.SuppressFinalize(this);
    }

    private void JoinAll()
    {
        _host.Join(Timeout.InfiniteTimeSpan);
        WaitForLast();
    }
}
