namespace Shoal.Dispatch;

/// <content>What workers report, and their life.</content>
internal sealed partial class Dispatcher
{
    /// <summary>A worker takes batches now.</summary>
    public void Ready(long now, int number)
    {
        Trace?.Event(now, "Ready", number);
        var worker = _workers[number];
        if (worker.Phase != WorkerPhase.Starting)
            return;
        _startsInVain = 0;
        _starting--;
        Counters.Started++;
        worker.Phase = WorkerPhase.Idle;
        List(now, worker);
        HandOut(now);
        EndWorkers();
    }

    /// <summary>A worker is about to run an item.</summary>
    public void Running(long now, int number, int call, long index)
    {
        Trace?.Event(now, "Running", number, call, index);
        var worker = _workers[number];
        if (!Holds(worker, call, index))
            return;
        worker.Running = index;
        worker.Announced = true;
        if (worker.Call!.Timeout > 0)
            LimitItem(now, worker);
    }

    /// <summary>Results of a worker's batch are stored.</summary>
    public void Finished(long now, int number, int callNumber, long index, int count)
    {
        Trace?.Event(now, "Finished", number, callNumber, index, count);
        var worker = _workers[number];
        if (!Holds(worker, callNumber, index))
            return;
        var call = worker.Call!;
        worker.Done += count;
        // Words in memory tell which item runs before the results of those before it are read: its limit stays.
        if (worker.Running < index + count)
            worker.ItemEndsAt = long.MaxValue;
        worker.NewsAt = now;
        call.Finished += count;
        Counters.Items += count;
        worker.Tally.Items += count;
        call.InFlight -= count;
        if (call.Lazy || call.Streams)
            Instructions.Enqueue(new(InstructionKind.Release, Call: callNumber, Start: index, Count: count));
        if (worker.Done < worker.Batch.Count)
        {
            AskForInput(call);
            if (call.MostInFlight < int.MaxValue)
            {
                Hunger(call);
                HandOut(now);
            }

            return;
        }

        EndBatch(now, worker);
        Settle(now, call);
    }

    private void EndBatch(long now, WorkerState worker)
    {
        // The ends of two batches may be read at once: together with the one before it a batch that was sent ahead has a time that means something.
        if (worker.Done > 0)
        {
            Counters.BatchTicks = Math.Max(1, now - worker.BegunAt);
            worker.Call!.Sizer.Measured(worker.Done, (long)((double)(now - worker.MeasuredFrom) * worker.Done / (worker.MeasuredItems + worker.Done)));
        }

        Free(now, worker);
    }

    /// <summary>An item threw; the rest of its batch was not run.</summary>
    public void Failed(long now, int number, int callNumber, long index, Exception error)
    {
        Trace?.Event(now, "Failed", number, callNumber, index, error: error);
        var worker = _workers[number];
        if (!Holds(worker, callNumber, index))
            return;
        var (call, batch) = (worker.Call!, worker.Batch);
        worker.Items -= (int)(batch.End - index - 1);
        Free(now, worker);
        // Runs only where failures are collected: else it is above the failed one.
        call.Return(batch with { Start = index + 1, Count = (int)(batch.End - index - 1) });
        if (call.Cancellation is null)
            Fail(now, call, index, error);
        else
            Settle(now, call);
    }

    /// <summary>A batch was not sent, because one of its items or the function (−1) cannot travel.</summary>
    public void Refused(long now, int number, long batchNumber, long index, Exception error)
    {
        Trace?.Event(now, "Refused", number, start: index, error: error);
        var worker = _workers[number];
        CallState call;
        ItemRange batch;
        if (worker.Phase != WorkerPhase.Busy)
            return;
        if (worker.BatchNumber == batchNumber)
        {
            (call, batch) = (worker.Call!, worker.Batch);
            worker.Items -= batch.Count;
            Free(now, worker);
        }
        else if (worker.Ahead is { } ahead && ahead.Number == batchNumber)
        {
            (call, batch) = (ahead.Call, ahead.Range);
            DropAhead(worker);
        }
        else
        {
            return;
        }

        var at = Math.Clamp(index, batch.Start, batch.End - 1);
        if (index >= 0)
        {
            call.Return(batch with { Count = (int)(at - batch.Start) });
            call.Return(batch with { Start = at + 1, Count = (int)(batch.End - at - 1) });
        }

        if (call.Cancellation is not null)
            Settle(now, call);
        else if (index < 0)
            FailWhole(now, call, 0, error);
        else
            Fail(now, call, at, error);
    }

    private static bool Holds(WorkerState worker, int call, long index)
        => worker.Phase == WorkerPhase.Busy && worker.Call?.Number == call && index >= worker.Batch.Start + worker.Done && index < worker.Batch.End;

    // The worker is done with its batch.
    private void Free(long now, WorkerState worker)
    {
        var (call, begun, done) = (worker.Call, worker.BegunAt, worker.Done);
        Release(worker);
        if (worker.Ahead is { } ahead)
        {
            worker.Ahead = null;
            BeginAhead(now, worker, ahead);
            if (ahead.Call == call)
                (worker.MeasuredFrom, worker.MeasuredItems) = (begun, done);
            return;
        }

        worker.Phase = worker.Killed ? WorkerPhase.Ending : WorkerPhase.Idle;
        List(now, worker);
    }

    private static void Release(WorkerState worker)
    {
        var call = worker.Call!;
        call.Running--;
        call.InFlight -= worker.Batch.Count - worker.Done;
        if (worker.Batch.Start < call.FailedAt)
            call.RunningBelow--;
        (worker.Call, worker.Done, worker.Running, worker.Announced, worker.Cancelled) = (null, 0, WorkerState.NoItem, false, false);
        (worker.BatchNumber, worker.TimedOut) = (0, WorkerState.NoItem);
        worker.ItemEndsAt = long.MaxValue;
    }

    private void List(long now, WorkerState worker)
    {
        if (worker is not { Phase: WorkerPhase.Idle, Caller: null } || !Stays(now, worker) || worker.Listed)
            return;
        worker.Listed = true;
        _idle.Push(worker);
    }

    private WorkerState? NextIdle()
    {
        while (_idle.TryPop(out var worker))
        {
            worker.Listed = false;
            if (worker is { Phase: WorkerPhase.Idle, Caller: null })
                return worker;
        }

        return null;
    }

    private void StartWorkers(long count)
    {
        WorkerState? taken = null;
        while (count > 0 && _gone.TryPop(out var worker))
        {
            if (worker.Caller is not null)
            {
                taken = worker;
                continue;
            }

            worker.Phase = WorkerPhase.Starting;
            _starting++;
            _alive++;
            count--;
            Instructions.Enqueue(new(InstructionKind.Start, worker.Number, Incarnation: worker.Incarnation));
        }

        if (taken is not null)
            _gone.Push(taken);
    }

    private void Kill(WorkerState worker)
    {
        if (worker.Killed || worker.Caller is not null || worker.Phase == WorkerPhase.None)
            return;
        worker.Killed = true;
        if (worker.Phase == WorkerPhase.Starting)
            _starting--;
        if (worker.Phase != WorkerPhase.Busy)
            worker.Phase = WorkerPhase.Ending;
        else if (_settings.WaitsForStragglers)
            Counters.Abandoned++;
        Instructions.Enqueue(new(InstructionKind.Kill, worker.Number));
    }

    // Once the pool is closed and nothing is open, idle workers end; when the last is gone, the pool has ended.
    private void EndWorkers()
    {
        if (!_closed || _ended || OpenCalls > 0)
            return;
        while (NextIdle() is { } worker)
        {
            worker.Phase = WorkerPhase.Ending;
            Instructions.Enqueue(new(InstructionKind.Stop, worker.Number));
        }

        if (_alive + _leaving > 0)
            return;
        _ended = true;
        Instructions.Enqueue(new(InstructionKind.Ended));
    }
}
