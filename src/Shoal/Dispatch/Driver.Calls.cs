using System.Runtime.ExceptionServices;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <content>Calls as verbs make them.</content>
internal sealed partial class Driver
{
    // Every wait has an end: a lost wake-up would cost this much, not everything.
    private const int LongestWaitInMilliseconds = 100;

    /// <summary>Runs a call while this thread waits, feeds it and, where the back end lets it, works on it.</summary>
    public void Run(PoolJob job, CallControl control)
    {
        var call = new ActiveCall(job, callerWaits: true, null);
        Open(call);
        if (!_backend.Traits.InProcess && !Volatile.Read(ref _wasReady))
            job.Prepare();
        using var link = control.Link((error, soon) => Cancel(job.Call, error, soon));
        try
        {
            while (true)
            {
                var (batch, take) = call.Wait(LongestWaitInMilliseconds, _driven);
                if (batch is { } range)
                    Work(Range(range, call));
                if (call.Completed)
                    break;
                if (take > 0)
                    Feed(call, take);
            }
        }
        finally
        {
            Leave(call);
        }

        if (call.Error is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Begins a call that nobody waits for here.</summary>
    /// <param name="job">The call.</param>
    /// <param name="control">How it is cancelled.</param>
    /// <param name="completed">Is told the outcome, by a thread that must not be held up.</param>
    public ActiveCall Begin(PoolJob job, CallControl control, Action<Exception?> completed)
    {
        var call = new ActiveCall(job, callerWaits: false, completed);
        Open(call);
        control.Link((error, soon) => Cancel(job.Call, error, soon));
        if (job.Count is null)
            FeedInBackground(call);
        return call;
    }

    void ICallHost.Begin(PoolJob job, CallControl control, Action<Exception?> completed) => Begin(job, control, completed);

    /// <summary>Begins a call whose results are read while it runs.</summary>
    public IRangeSource Stream(PoolJob job, CallControl control, bool ordered) => new CallRanges(this, job, control, ordered);

    /// <summary>The reader of a stream waits for a result, or does no more.</summary>
    public void ReaderWaits(bool waits)
    {
        lock (_gate)
        {
            if (waits)
                _accounts.ReaderWaits(Now);
            else
                _accounts.ReaderGoesOn(Now);
        }
    }

    /// <summary>The reader of a stream took so many results more.</summary>
    public void Read(int call, int count)
    {
        lock (_gate)
            _dispatcher.Read(Now, call, count);
        CarryOut();
    }

    // The caller works as worker 0.
    private void Work(in Batch batch)
    {
        var lane = _callerLane!();
        try
        {
            lane.Initialize();
        }
        catch (Exception error)
        {
            lock (_gate)
                _dispatcher.Break(error);
            CarryOut();
            return;
        }

        lane.Run(batch).Report(this);
    }

    private void Open(ActiveCall call)
    {
        var job = call.Job;
        var options = job.Options;
        var plan = new CallPlan(job.Call, job.Count ?? -1, options.Batch ?? 0, options.Retries ?? 1, options.Timeout?.Ticks ?? 0)
        {
            Streams = job.Streams,
            Buffer = options.Buffer ?? 0,
            InFlight = options.InFlight ?? 0,
            Collects = options.OnFailure == OnFailure.Collect,
        };
        // A caller that hangs in an item could not be told that its time is up.
        var callerWorks = call.CallerWaits && _callerLane is not null && options.Timeout is null;
        lock (_gate)
        {
            _calls.Add(job.Call, call);
            _accounts.CallBegan(Now, job.Streams);
            if (job.Count is null)
                _fed.Add(call);
            _dispatcher.Called(Now, plan, callerWorks);
        }

        CarryOut();
    }

    private void Leave(ActiveCall call)
    {
        if (call.Job.Count is null)
            call.Job.CloseInput();
        if (_callerLane is null)
            return;
        lock (_gate)
            _dispatcher.CallerLeft(Now, call.Job.Call);
        CarryOut();
    }

    private void Cancel(int call, Exception error, bool soon)
    {
        lock (_gate)
            _dispatcher.Cancel(Now, call, error, soon);
        CarryOut();
    }

    private void FeedInBackground(ActiveCall call)
    {
        // A thread of its own: an input may block for as long as it likes.
        var thread = new Thread(() =>
        {
            while (true)
            {
                var (_, take) = call.Wait(Timeout.Infinite);
                if (call.Completed)
                    break;
                if (take > 0)
                    Feed(call, take);
            }

            call.CloseInput();
        })
        {
            IsBackground = true,
            Name = "Shoal input",
        };
        thread.UnsafeStart();
    }

    private void Feed(ActiveCall call, int count)
    {
        var job = call.Job;
        var ended = false;
        try
        {
            for (var i = 0; i < count && !ended && !call.Completed; i++)
            {
                ended = !job.TakeOne();
                // The item is visible before the look: whoever starves from here on looks for it first.
                Interlocked.MemoryBarrier();
                if (!ended && call.Starves)
                    Report(job, ended: false);
            }
        }
        catch (Exception error)
        {
            lock (_gate)
                _dispatcher.InputFailed(Now, job.Call, job.Taken, error);
            CarryOut();
            return;
        }

        Report(job, ended);
    }

    private void Report(PoolJob job, bool ended)
    {
        lock (_gate)
            _dispatcher.Taken(Now, job.Call, job.Taken, ended);
        CarryOut();
    }

    // Under the lock, when all instructions are carried out: marks the calls for whose next item a worker waits.
    private bool FindStarving()
    {
        var found = false;
        foreach (var call in _fed)
        {
            var number = call.Job.Call;
            call.Starves = _dispatcher.Starves(number);
            if (!call.Starves)
                continue;
            // An item may have come between the dispatcher's look and the mark: nobody would report it.
            Interlocked.MemoryBarrier();
            found |= _dispatcher.TakenBehind(number, call.Job.Taken);
            TakeOver(number);
        }

        return found;
    }
}
