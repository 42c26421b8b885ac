namespace Shoal.Dispatch;

/// <summary>
/// Decides which worker runs which items, and what becomes of calls and workers: events in, instructions out.
/// </summary>
/// <remarks>
/// A pure state machine: no input or output, no clock, no threads. Time comes with each event, in ticks of 100 ns, and never goes back.
/// Not thread-safe: the driver lets one event in at a time. The cost of an event does not depend on the number of workers, but for
/// failures, cancellations and graces, which look at each worker once. See the README beside this file.
/// </remarks>
internal sealed partial class Dispatcher
{
    private readonly DispatchSettings _settings;
    private WorkerState[] _workers;
    private readonly Stack<WorkerState> _idle = new();
    private readonly Queue<CallState> _hungry = new();
    private readonly Dictionary<int, CallState> _calls = [];
    private readonly List<CallState> _stopping = [];
    private readonly List<CallState> _probing = [];
    private readonly Stack<WorkerState> _gone = new();
    private int _starting;
    private int _alive;
    private int _startsInVain;
    private bool _closed;
    private bool _terminated;
    private bool _ended;
    private long _terminateAt = long.MaxValue;

    public Dispatcher(DispatchSettings settings)
    {
        _settings = settings;
        WorkerCount = settings.Workers;
        _workers = new WorkerState[settings.Workers];
        for (var i = _workers.Length - 1; i >= 0; i--)
            _gone.Push(_workers[i] = new WorkerState(i));
        if (settings.EagerStart)
            StartWorkers(_workers.Length);
    }

    /// <summary>What is to be done, in this order; the driver takes it out.</summary>
    public Fifo<Instruction> Instructions { get; } = new();

    /// <summary>The next thing to be done.</summary>
    public bool TryNext(out Instruction next)
    {
        if (!Instructions.TryDequeue(out next))
            return false;
        Trace?.Told(next);
        return true;
    }

    /// <summary>Where events and instructions are written, if anybody asked.</summary>
    public DispatchTrace? Trace { get; init; }

    /// <summary>What was done so far.</summary>
    public DispatchCounters Counters { get; } = new();

    /// <summary>The same for each worker, by its number.</summary>
    public IEnumerable<WorkerTally> Tallies => _workers.Select(worker => worker.Tally);

    /// <summary>Why no call can succeed any more, or none.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>When <see cref="Tick"/> is to be called at the latest.</summary>
    public long NextDeadline
    {
        get
        {
            var next = Math.Min(Math.Min(_terminateAt, _lookAgainAt), Math.Min(_itemsEndAt, _idleEndsAt));
            foreach (var call in _stopping)
                next = Math.Min(next, call.GraceEnds);
            foreach (var call in _probing)
                next = Math.Min(next, call.SpreadAt);
            return next;
        }
    }

    /// <summary>Calls whose outcome was not told yet.</summary>
    public int OpenCalls { get; private set; }

    /// <summary>The call whose items a worker has, or none.</summary>
    public int? CallOf(int worker) => _workers[worker].Call?.Number;

    /// <summary>Whether items still run, also of calls whose outcome was told.</summary>
    public bool WorkRuns => _calls.Values.Any(call => call.Running > 0);

    /// <summary>Whether a worker could run an item of this call at once, and there is none.</summary>
    public bool Starves(int number)
        => _calls.TryGetValue(number, out var call) && call is { Spread: true, HasPending: false, Stopping: false }
            && (_idle.Count > 0 || _gone.Count > (_workers[0].Caller is null ? 0 : 1));

    /// <summary>Whether fewer items of a lazy input were reported than were taken.</summary>
    public bool TakenBehind(int number, long taken) => _calls.TryGetValue(number, out var call) && !call.InputEnded && call.Available < taken;

    /// <summary>Takes up a call.</summary>
    public void Called(long now, CallPlan plan, bool callerWorks = false)
    {
        Trace?.Event(now, "Called", call: plan.Call, count: plan.Count);
        var sizer = new BatchSizer(plan.Batch, WorkerCount, _settings.BatchTime);
        var call = new CallState(plan, sizer, WorkerCount) { Spread = !(_settings.Probes && callerWorks) };
        _calls.Add(call.Number, call);
        OpenCalls++;
        if (Broken is not null || _closed)
        {
            Complete(call, Broken ?? new InvalidOperationException("The pool was closed and takes no more calls. Open a new one."));
            return;
        }

        // One caller at a time works in the place of worker 0; the others wait for the workers. A single worker cannot take input too.
        var feedsOnly = call.Lazy && WorkerCount == 1;
        if (callerWorks && !feedsOnly && _workers[0] is { Caller: null, Phase: WorkerPhase.None or WorkerPhase.Idle } first)
            (first.Caller, first.PhaseBeforeCaller, first.Phase) = (call, first.Phase, WorkerPhase.Idle);
        else
            call.Spread = true;

        if (!call.Spread)
        {
            call.SpreadAt = now + Constants.ProbeTime;
            _probing.Add(call);
        }

        Settle(now, call);
    }

    /// <summary>More of a call's lazy input was taken, or its end was reached.</summary>
    public void Taken(long now, int number, long available, bool ended)
    {
        Trace?.Event(now, ended ? "TakenAll" : "Taken", call: number, count: available);
        if (!_calls.TryGetValue(number, out var call) || call.InputEnded)
            return;
        call.Asked = ended ? 0 : (int)Math.Max(0, call.Asked - (available - call.Available));
        call.Available = available;
        call.InputEnded = ended;
        Settle(now, call);
    }

    /// <summary>The reader of a stream took so many results more.</summary>
    public void Read(long now, int number, int count)
    {
        Trace?.Event(now, "Read", call: number, count: count);
        if (!_calls.TryGetValue(number, out var call))
            return;
        call.Read += count;
        AskForInput(call);
        Hunger(call);
        HandOut(now);
    }

    /// <summary>A call's input threw where its next item should have been.</summary>
    public void InputFailed(long now, int number, long available, Exception error)
    {
        Trace?.Event(now, "InputFailed", call: number, count: available, error: error);
        if (!_calls.TryGetValue(number, out var call) || call.InputEnded)
            return;
        (call.Asked, call.Available, call.InputEnded) = (0, available, true);
        FailWhole(now, call, available, error);
    }

    /// <summary>The caller of a call works no more.</summary>
    public void CallerLeft(long now, int number)
    {
        Trace?.Event(now, "CallerLeft", call: number);
        var first = _workers[0];
        if (first.Caller?.Number != number)
            return;
        first.Caller = null;
        first.Phase = first.PhaseBeforeCaller;
        List(now, first);
        HandOut(now);
        EndWorkers();
    }

    /// <summary>A call is to stop: its items by their tokens, and by force after the grace.</summary>
    public void Cancel(long now, int number, Exception error, bool soon = false)
    {
        Trace?.Event(now, "Cancel", call: number, error: error);
        if (!_calls.TryGetValue(number, out var call) || call.Completed || call.Cancellation is not null)
            return;
        call.Cancellation = error;
        StopItems(now, call, above: WorkerState.NoItem, soon ? Math.Min(Constants.ShortGrace, _settings.Grace) : _settings.Grace);
        Settle(now, call);
    }

    /// <summary>Something that only time brings may be due.</summary>
    public void Tick(long now)
    {
        Trace?.Event(now, "Tick");
        while (_probing.Find(call => call.SpreadAt <= now) is { } call)
            SpreadOut(call);
        while (_stopping.Find(call => call.GraceEnds <= now) is { } call)
            EndGrace(now, call);
        EndItems(now);
        EndIdle(now);
        if (_lookAgainAt <= now)
            _lookAgainAt = long.MaxValue;

        if (_terminateAt <= now)
        {
            _terminateAt = long.MaxValue;
            foreach (var worker in _workers)
                Kill(worker);
        }

        HandOut(now);
    }

    /// <summary>No more calls come; workers end when the open ones are done.</summary>
    public void Close()
    {
        _closed = true;
        EndWorkers();
    }

    /// <summary>Every open call is cancelled, and every worker ends: by itself at once, by force after the short grace.</summary>
    public void Terminate(long now, Func<Exception> error)
    {
        Trace?.Event(now, "Terminate");
        if (_terminated)
            return;
        _closed = _terminated = true;
        foreach (var call in _calls.Values.ToArray())
        {
            if (call.Completed)
                continue;
            call.Cancellation ??= error();
            StopItems(now, call, above: WorkerState.NoItem, Math.Min(Constants.ShortGrace, _settings.Grace));
            Settle(now, call);
        }

        _terminateAt = now + Math.Min(Constants.ShortGrace, _settings.Grace);
        foreach (var worker in _workers)
        {
            if (worker.Phase == WorkerPhase.Starting)
                Kill(worker);
        }

        EndWorkers();
    }

    /// <summary>Nothing can succeed any more: every call fails with this, and so will later ones.</summary>
    public void Break(Exception error)
    {
        if (Broken is not null)
            return;
        Broken = error;
        foreach (var call in _calls.Values.ToArray())
            Complete(call, error);
        foreach (var worker in _workers)
        {
            if (worker.Phase is WorkerPhase.Busy or WorkerPhase.Starting)
                Kill(worker);
        }

        EndWorkers();
    }
}
