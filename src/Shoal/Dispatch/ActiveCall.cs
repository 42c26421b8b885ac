using System.Diagnostics;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <summary>A call in the driver: its job, its outcome, and what its waiting caller has to do meanwhile.</summary>
internal sealed class ActiveCall(PoolJob job, bool callerWaits, Action<Exception?>? completed)
{
    // A wake-up costs 10–50 µs on a virtual machine, a spin nothing while a core is free: as long as a short answer may take.
    private static readonly long SpinTime = Environment.ProcessorCount > 1 ? 50 * TimeSpan.TicksPerMicrosecond : 0;
    private const int SpinsBetweenLooks = 20;

    private readonly object _gate = new();
    private volatile bool _completed;
    private volatile bool _todo;
    private volatile bool _starves;
    private bool _parked;
    private int _take;
    private Instruction? _batch;

    private readonly TaskCompletionSource _inputClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PoolJob Job => job;

    /// <summary>Is completed when the enumeration of a lazy input was ended; at once where there is none.</summary>
    public Task InputClosed => job.Count is null ? _inputClosed.Task : Task.CompletedTask;

    /// <summary>Whether a thread waits in a synchronous verb and does what the call needs: input, and items where the back end lets it.</summary>
    public bool CallerWaits => callerWaits;

    public bool Completed => _completed;

    /// <summary>Whether a worker waits for the next item of its lazy input.</summary>
    public bool Starves
    {
        get => _starves;
        set => _starves = value;
    }

    /// <summary>What the verb throws; none for success.</summary>
    public Exception? Error { get; private set; }

    /// <summary>The call is over. Only the first outcome counts.</summary>
    public void Complete(Exception? error)
    {
        lock (_gate)
        {
            if (_completed)
                return;
            Error = error;
            _completed = true;
            Wake();
        }

        completed?.Invoke(error);
    }

    /// <summary>Ends the enumeration of the input. Not while another thread takes from it.</summary>
    public void CloseInput()
    {
        try
        {
            job.CloseInput();
        }
        finally
        {
            _inputClosed.TrySetResult();
        }
    }

    /// <summary>Asks the caller to take input.</summary>
    public void OfferInput(int count)
    {
        lock (_gate)
        {
            _take += count;
            Wake();
        }
    }

    /// <summary>Asks the caller to run a batch.</summary>
    public void OfferBatch(in Instruction batch)
    {
        lock (_gate)
        {
            _batch = batch;
            Wake();
        }
    }

    /// <summary>Waits until the call is over or there is something to do, at most this many milliseconds.</summary>
    /// <returns>The batch to run and the number of items to take; both empty when the call is over or the time has passed.</returns>
    public (Instruction? Batch, int Take) Wait(int milliseconds)
    {
        Spin();
        lock (_gate)
        {
            if (!_completed && !_todo)
            {
                _parked = true;
                Monitor.Wait(_gate, milliseconds);
                _parked = false;
            }

            var next = (_batch, _take);
            (_batch, _take, _todo) = (null, 0, false);
            return next;
        }
    }

    private void Spin()
    {
        if (_completed || _todo || SpinTime == 0)
            return;
        var start = Stopwatch.GetTimestamp();
        while (!_completed && !_todo)
        {
            Thread.SpinWait(SpinsBetweenLooks);
            if (Stopwatch.GetElapsedTime(start).Ticks > SpinTime)
                return;
        }
    }

    private void Wake()
    {
        _todo = true;
        if (_parked)
            Monitor.PulseAll(_gate);
    }
}
