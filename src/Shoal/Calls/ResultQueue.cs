using System.Runtime.ExceptionServices;

namespace Shoal.Calls;

/// <summary>The finished ranges of a call whose results are read while it runs. Ranges come from any thread; one thread reads.</summary>
/// <param name="control">How the call is stopped: then nothing more is given.</param>
/// <param name="ordered">Whether ranges are given in the order of their items, rather than as they come.</param>
internal sealed class ResultQueue(CallControl control, bool ordered)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(long Start, int Count), long> _finished = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _more;
    private long _next;
    private long _arrivals;
    private Exception? _error;

    /// <summary>Is completed when the call is over.</summary>
    public Task Over => _over.Task;

    // Under the lock.
    private bool HasNext => _finished.TryPeek(out var first, out _) && (!ordered || first.Start == _next);

    /// <summary>These items are done.</summary>
    public void Add(long start, int count)
    {
        lock (_gate)
        {
            _finished.Enqueue((start, count), ordered ? start : _arrivals++);
            _more?.TrySetResult();
        }
    }

    /// <summary>The call is over; no range comes any more.</summary>
    public void End(Exception? error)
    {
        lock (_gate)
        {
            _error = error;
            _over.TrySetResult();
            _more?.TrySetResult();
        }
    }

    /// <summary>The next range; empty when all were given. Throws what the call throws when its place has come.</summary>
    /// <returns>Whether there is one: if not, wait for <see cref="More"/>.</returns>
    public bool TryNext(out (long Start, int Count) range)
    {
        lock (_gate)
        {
            var over = _over.Task.IsCompleted;
            range = default;
            if ((control.Error is null || (over && _error is null)) && HasNext)
            {
                range = _finished.Dequeue();
                _next = range.Start + range.Count;
                return true;
            }

            if (over && _error is not null)
                ExceptionDispatchInfo.Throw(_error);
            return over;
        }
    }

    /// <summary>Is completed when it is worth asking again.</summary>
    public Task More()
    {
        lock (_gate)
        {
            if (_over.Task.IsCompleted || (control.Error is null && HasNext))
                return Task.CompletedTask;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _more.Task;
        }
    }
}
