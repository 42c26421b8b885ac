namespace Shoal.Processes;

/// <summary>
/// A worker's second socket: it carries what must be heard while an item runs, and its end means that the pool's process is gone.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class LifeLine(IWorkerLink link)
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _cancel;
    private long _current;
    private long _cancelled;
    private RunningItem? _running;
    private bool _acceptsFences;

    /// <summary>Starts to listen, on a thread of its own.</summary>
    public void Start() => new Thread(Listen, 256 * 1024) { IsBackground = true, Name = "Shoal life line" }.Start();

    /// <summary>A batch begins; the cancellation may have come before it.</summary>
    public CancellationToken Begin(long batch)
    {
        // A fresh source for each batch: a late cancellation of the last one must not reach this one.
        CancellationTokenSource source = new();
        lock (_lock)
        {
            _cancel = source;
            _current = batch;
            if (_cancelled >= batch)
                source.Cancel();
        }
        return source.Token;
    }

    /// <summary>Where the pool reads whether this process accepts fences.</summary>
    public void Tell(RunningItem running)
    {
        lock (_lock)
        {
            _running = running;
            if (_acceptsFences)
                running.AcceptFences();
        }
    }

    // The system takes 10 ms for it in a process with several threads: here a start does not wait for them.
    private void AcceptFences()
    {
        if (!Posix.AcceptFences())
            return;
        lock (_lock)
        {
            _acceptsFences = true;
            _running?.AcceptFences();
        }
    }

    private void Listen()
    {
        try
        {
            AcceptFences();
            while (link.Receive(out Frame frame))
            {
                if (frame.Kind == FrameKind.Cancel)
                    Cancel(frame.Int64(0));
            }
        }
        finally
        {
            Die();
        }
    }

    private void Cancel(long batch)
    {
        CancellationTokenSource source;
        lock (_lock)
        {
            _cancelled = Math.Max(_cancelled, batch);
            if (_current != batch || _cancel is null)
                return;
            source = _cancel;
        }
        // Callbacks of the user's code may take long, and may throw: neither may stop this thread, which has to hear the end.
        // The thread pool may have no thread left.
        new Thread(() => RunCallbacks(source)) { IsBackground = true, Name = "Shoal cancel" }.Start();
    }

    private static void RunCallbacks(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException error)
        {
            Console.Error.WriteLine($"Shoal: a callback of a cancellation token threw: {error.InnerException}");
        }
    }

    /// <summary>Nobody is left to work for: the process and all that it started end at once, whatever its other threads are doing.</summary>
    public static void Die()
    {
        if (Posix.ProcessGroup() == Environment.ProcessId)
            _ = Posix.Kill(0, Posix.SigKill);
        Posix.ExitNow(1);
    }
}
