namespace Shoal.Dispatch;

/// <content>Workers that end because their time has come: they ran as many items as they may, had nothing to do for long, or are more than the pool wants.</content>
/// <remarks>
/// Such a worker is idle and leaves its place at once, so that its replacement need not wait for its end. All that is heard of it from then on is <see cref="Left"/>.
/// </remarks>
internal sealed partial class Dispatcher
{
    private int _leaving;

    // No worker has been idle for too long before this; the true time is looked up when it has come.
    private long _idleEndsAt = long.MaxValue;

    /// <summary>How many workers the pool wants.</summary>
    public int WorkerCount { get; private set; }

    /// <summary>Which of the workers that had this number, one after another, has it now.</summary>
    public int Incarnation(int number) => _workers[number].Incarnation;

    /// <summary>A worker that had left its place is gone.</summary>
    public void Left()
    {
        _leaving--;
        EndWorkers();
    }

    /// <summary>A worker is to be replaced as soon as it has nothing to do.</summary>
    public void Spent(long now, int number)
    {
        var worker = _workers[number];
        if (worker.Phase is not (WorkerPhase.Idle or WorkerPhase.Busy) || worker.Caller is not null)
            return;
        worker.Spent = true;
        if (worker.Phase != WorkerPhase.Idle)
            return;
        Recycle(worker);
        HandOut(now);
        EndWorkers();
    }

    /// <summary>The pool wants another number of workers.</summary>
    public void Resize(long now, int workers)
    {
        if (_closed || Broken is not null || workers == WorkerCount)
            return;
        WorkerCount = workers;
        Instructions.Enqueue(new(InstructionKind.Resize, Count: workers));
        var known = _workers.Length;
        if (workers > known)
            Array.Resize(ref _workers, workers);
        for (var i = known; i < workers; i++)
            _workers[i] = new WorkerState(i);
        _gone.Clear();
        for (var i = workers - 1; i >= 0; i--)
        {
            if ((_workers[i].Caller is null ? _workers[i].Phase : _workers[i].PhaseBeforeCaller) == WorkerPhase.None)
                _gone.Push(_workers[i]);
        }

        // One that is busy leaves when it has finished.
        foreach (var surplus in _workers.AsSpan(workers))
        {
            if (surplus.Phase == WorkerPhase.Idle)
                Leave(surplus);
            else if (surplus.Phase == WorkerPhase.Starting)
                Kill(surplus);
        }

        foreach (var call in _calls.Values)
        {
            call.Share(workers);
            AskForInput(call);
        }

        if (StartsAhead)
            StartWorkers(_gone.Count);
        HandOut(now);
    }

    // Workers that leave when they are idle come back when they are needed, and not before.
    private bool StartsAhead => _settings.EagerStart && _settings.IdleTimeout == 0 && !_closed && Broken is null;

    // The most items that this worker may be handed.
    private int MostItems(WorkerState worker) => _settings.TasksPerWorker == 0 ? int.MaxValue : _settings.TasksPerWorker - worker.Items;

    // A worker has nothing to do. Whether it stays to be handed more.
    private bool Stays(long now, WorkerState worker)
    {
        worker.IdleSince = now;
        if (worker.Number >= WorkerCount)
        {
            Leave(worker);
            return false;
        }

        if (worker.Spent || MostItems(worker) <= 0)
        {
            Recycle(worker);
            return false;
        }

        if (_settings.IdleTimeout > 0)
            _idleEndsAt = Math.Min(_idleEndsAt, now + _settings.IdleTimeout);
        return true;
    }

    private void Recycle(WorkerState worker)
    {
        CountRecycled(worker);
        Leave(worker);
        if (StartsAhead)
            StartWorkers(1);
    }

    private void CountRecycled(WorkerState worker)
    {
        Counters.Recycled++;
        worker.Tally.Recycled++;
    }

    private void Leave(WorkerState worker)
    {
        (worker.Phase, worker.Items, worker.Spent) = (WorkerPhase.None, 0, false);
        // Its batch ended before the answer came.
        Answered(worker, worker.Asked);
        worker.Incarnation++;
        _alive--;
        _leaving++;
        if (worker.Number < WorkerCount)
            _gone.Push(worker);
        Instructions.Enqueue(new(InstructionKind.Stop, worker.Number));
    }

    private void EndIdle(long now)
    {
        if (_idleEndsAt > now)
            return;
        _idleEndsAt = long.MaxValue;
        foreach (var worker in _workers)
        {
            if (worker is not { Phase: WorkerPhase.Idle, Caller: null })
                continue;
            var end = worker.IdleSince + _settings.IdleTimeout;
            if (end <= now)
                Leave(worker);
            else
                _idleEndsAt = Math.Min(_idleEndsAt, end);
        }
    }
}
