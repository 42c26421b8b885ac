namespace Shoal.Dispatch;

/// <content>What becomes of calls, and handing out their items.</content>
internal sealed partial class Dispatcher
{
    // After every event of a call: is it over, does it need input, who takes its next items.
    private void Settle(long now, CallState call)
    {
        if (!call.Completed)
            CompleteIfOver(call);
        if (call is { Completed: true, Running: 0 })
            Drop(call);
        AskForInput(call);
        if (!call.Spread && PaysToSpread(call))
            SpreadOut(call);
        Hunger(call);
        HandOut(now);
        EndWorkers();
    }

    private void CompleteIfOver(CallState call)
    {
        var workIsOver = call.Running == 0 || call.GraceOver;
        if (call.Cancellation is not null)
        {
            if (workIsOver)
                Complete(call, call.Cancellation);
        }
        else if (call.Failure is not null)
        {
            if (!call.HasPending && call.RunningBelow == 0 && (workIsOver || !_settings.WaitsForStragglers))
                Complete(call, call.Failure);
        }
        else if (call.InputEnded && call.Finished == call.Available)
        {
            Complete(call, call.Failures is { } failures ? new ItemsFailedException(failures) : null);
        }
    }

    private void Complete(CallState call, Exception? error)
    {
        if (call.Completed)
            return;
        call.Completed = true;
        OpenCalls--;
        _probing.Remove(call);
        Instructions.Enqueue(new(InstructionKind.Complete, Call: call.Number, Error: error));
        if (call.Running == 0)
            Drop(call);
    }

    private void Drop(CallState call)
    {
        _calls.Remove(call.Number);
        if (call.GraceEnds != long.MaxValue)
            _stopping.Remove(call);
    }

    // What ends every call: there is no function, or no more input.
    private void FailWhole(long now, CallState call, long index, Exception error) => Fail(now, call, index, error, whole: true);

    private void Fail(long now, CallState call, long index, Exception error, bool whole = false)
    {
        if (call.Collects && !whole)
        {
            call.Collect(index, error);
            if (call.Lazy)
                Instructions.Enqueue(new(InstructionKind.Release, Call: call.Number, Start: index, Count: 1));
        }
        else if (call.Fail(index, error))
        {
            call.RunningBelow = 0;
            foreach (var worker in _workers)
            {
                if (worker.Call == call && worker.Batch.Start < index)
                    call.RunningBelow++;
                if (worker.Ahead is { } ahead && ahead.Call == call && ahead.Range.Start < index)
                    call.RunningBelow++;
            }

            StopItems(now, call, above: index, _settings.Grace);
        }

        Settle(now, call);
    }

    private void StopItems(long now, CallState call, long above, long grace)
    {
        if (call.Running == 0)
            return;
        foreach (var worker in _workers)
        {
            if (worker.Ahead is { } ahead && ahead.Call == call && ahead.Range.Start > above)
                Ask(worker, ahead.Number, InstructionKind.TakeBack);
            if (worker.Call != call || worker.Batch.Start <= above || worker.Cancelled)
                continue;
            worker.Cancelled = true;
            Instructions.Enqueue(new(InstructionKind.Cancel, worker.Number, call.Number));
        }

        if (call.GraceEnds == long.MaxValue)
            _stopping.Add(call);
        call.GraceEnds = Math.Min(call.GraceEnds, now + grace);
    }

    private void EndGrace(long now, CallState call)
    {
        _stopping.Remove(call);
        call.GraceEnds = long.MaxValue;
        call.GraceOver = true;
        foreach (var worker in _workers)
        {
            if (worker.Call == call && worker.Cancelled)
                Kill(worker);
        }

        BreakWhereManyAreAbandoned();
        Settle(now, call);
    }

    private void BreakWhereManyAreAbandoned()
    {
        if (Counters.Abandoned <= (long)Constants.AbandonedForWorker * WorkerCount)
            return;
        Break(new ShoalException(
            $"{Counters.Abandoned} items did not stop when they were told to, and their threads were given up. A thread cannot be killed: "
            + "let the function watch ItemContext.Cancel, or use Pool.Processes, whose workers can."));
    }

    private void AskForInput(CallState call)
    {
        if (call.InputEnded || call.Stopping)
            return;
        var room = call.RoomForInput;
        // Half a window at a time: a caller that takes items does not work meanwhile.
        if (room < Math.Max(1, call.Window / 2))
            return;
        var count = (int)Math.Min(room, int.MaxValue - call.Asked);
        call.Asked += count;
        Instructions.Enqueue(new(InstructionKind.Take, Call: call.Number, Count: count));
    }

    private static bool PaysToSpread(CallState call)
    {
        // Of a lazy input nobody knows the rest: as much again as there was is the best guess.
        var left = call.InputEnded ? call.Left : Math.Max(call.Left, call.Finished);
        return call.Sizer.ItemCost * left > Constants.WorthSpreading;
    }

    private void SpreadOut(CallState call)
    {
        call.Spread = true;
        call.SpreadAt = long.MaxValue;
        _probing.Remove(call);
        Hunger(call);
    }

    private void Hunger(CallState call)
    {
        if (call.Listed || !call.Spread || !call.MayHandOut)
            return;
        call.Listed = true;
        _hungry.Enqueue(call);
    }

    private void HandOut(long now)
    {
        if (Broken is not null)
            return;
        // While the caller takes items it may wait in the input for a result: it must not hold one back.
        if (_workers[0] is { Caller: { MayHandOut: true, Asked: 0 } itsCall, Phase: WorkerPhase.Idle } caller)
            Send(now, caller, itsCall);
        while (_hungry.TryPeek(out var call))
        {
            if (call.MayHandOut)
            {
                if (NextIdle() is { } worker)
                {
                    Send(now, worker, call);
                }
                else
                {
                    StartWorkers(Math.Max(call.Left, 1) - _starting);
                    if (!SendAhead(now, call))
                        return;
                }
            }

            // Calls take turns batch by batch, so that a short one does not wait for a long one.
            _hungry.Dequeue();
            call.Listed = false;
            Hunger(call);
        }

        RelieveOthers(now);
    }

    private void Send(long now, WorkerState worker, CallState call)
    {
        var batch = Take(worker, call);
        worker.Phase = WorkerPhase.Busy;
        Begin(now, worker, batch);
        Instruct(worker.Caller is null ? InstructionKind.Send : InstructionKind.SendToCaller, worker, batch);
    }

    private HandedOut Take(WorkerState worker, CallState call)
    {
        var range = call.TakeRange(MostItems(worker));
        worker.Items += range.Count;
        worker.Tally.Batches++;
        call.Running++;
        call.InFlight += range.Count;
        call.RunningBelow++;
        return new(call, range, ++Counters.Batches);
    }

    // The worker works on this batch from now on.
    private void Begin(long now, WorkerState worker, HandedOut batch)
    {
        (worker.Call, worker.Batch, worker.BatchNumber) = (batch.Call, batch.Range, batch.Number);
        worker.BegunAt = worker.NewsAt = worker.MeasuredFrom = now;
        worker.MeasuredItems = 0;
        ListForMore(worker);
        ListForLess(worker);
    }

    private void Instruct(InstructionKind kind, WorkerState worker, HandedOut batch)
        => Instructions.Enqueue(new(kind, worker.Number, batch.Call.Number, batch.Range.Start, batch.Range.Count, batch.Range.Attempt) { Batch = batch.Number });
}
