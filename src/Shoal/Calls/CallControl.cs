namespace Shoal.Calls;

/// <summary>How one call is told to stop: by the user's token, its handle, or Ctrl-C. Thread-safe.</summary>
internal sealed class CallControl : IDisposable
{
    private readonly Lock _gate = new();
    private Action<Exception, bool>? _stop;
    private CancellationTokenRegistration _registration;
    private CancellationTokenRegistration _another;
    private Exception? _error;
    private bool _soon;
    private bool _over;

    /// <summary>What the call throws because of it, once it was told to stop.</summary>
    public Exception? Error
    {
        get
        {
            lock (_gate)
                return _error;
        }
    }

    /// <summary>Follows the user's token, or two of them.</summary>
    public void Follow(CancellationToken cancel, CancellationToken another = default)
    {
        _registration = Register(cancel);
        _another = Register(another);
    }

    private CancellationTokenRegistration Register(CancellationToken cancel)
        => cancel.UnsafeRegister(static (state, token) => ((CallControl)state!).Stop(new OperationCanceledException(token), soon: false), this);

    /// <summary>Tells the call to stop; the first reason counts.</summary>
    /// <returns>Whether this was the first, and the call not over.</returns>
    public bool Stop(Exception error, bool soon)
    {
        Action<Exception, bool>? stop;
        lock (_gate)
        {
            if (_over || _error is not null)
                return false;
            (_error, _soon) = (error, soon);
            stop = _stop;
        }

        stop?.Invoke(error, soon);
        return true;
    }

    /// <summary>Connects what carries it out; at once where the call was told before.</summary>
    public IDisposable Link(Action<Exception, bool> stop)
    {
        lock (_gate)
            _stop = stop;
        if (Error is { } error)
            stop(error, _soon);
        return this;
    }

    /// <summary>The call is over: nothing can stop it any more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _over = true;
        _registration.Dispose();
        _another.Dispose();
    }
}
