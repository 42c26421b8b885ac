using System.Diagnostics;

namespace Shoal.Calls;

/// <summary>Runs the callbacks of a pool one at a time, in order, on threads of the shared pool and outside any worker's scope.</summary>
internal sealed class CallbackQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = new();
    private bool _runs;
    private long _errors;

    /// <summary>How many callbacks threw.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    public void Enqueue(Action callback)
    {
        lock (_gate)
        {
            _waiting.Enqueue(callback);
            if (_runs)
                return;
            _runs = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.RunAll(), this, preferLocal: false);
    }

    private void RunAll()
    {
        while (true)
        {
            Action? callback;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out callback))
                {
                    _runs = false;
                    return;
                }
            }

            try
            {
                callback();
            }
            catch (Exception error)
            {
                // Nobody waits for a callback: its error is counted and traced, and the next one runs.
                Interlocked.Increment(ref _errors);
                Trace.TraceError($"A callback of a pool threw: {error}");
            }
        }
    }
}
