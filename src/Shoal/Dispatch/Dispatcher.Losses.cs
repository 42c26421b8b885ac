using Shoal.Backends;

namespace Shoal.Dispatch;

/// <content>Workers that are gone, and who is to blame.</content>
internal sealed partial class Dispatcher
{
    /// <summary>A worker is gone.</summary>
    public void Lost(long now, int number, WorkerLoss loss)
    {
        Trace?.Event(now, "Lost", number, error: loss.StartError);
        var worker = _workers[number];
        if (worker.Caller is not null || worker.Phase == WorkerPhase.None)
            return;
        var (phase, call, batch, done, announced) = (worker.Phase, worker.Call, worker.Batch, worker.Done, worker.Announced);
        long? ran = announced && worker.Running >= batch.Start + done ? worker.Running : null;
        var (killed, timedOut) = (worker.Killed, worker.TimedOut);
        var asked = loss.Asked || phase == WorkerPhase.Ending || killed;
        var ahead = worker.Ahead;
        DropAhead(worker);
        if (call is not null)
            Release(worker);
        Answered(worker, worker.Asked);
        (worker.Phase, worker.Killed, worker.TimedOut) = (WorkerPhase.None, false, WorkerState.NoItem);
        (worker.Items, worker.Spent) = (0, false);
        _alive--;
        if (number < WorkerCount)
            _gone.Push(worker);
        if (phase == WorkerPhase.Starting)
            _starting--;
        else if (!asked)
            CountLost(worker);
        else if (killed && StartsAhead && !_settings.WaitsForStragglers)
            CountRecycled(worker);

        // Nobody is to blame for what it had not begun.
        ahead?.Call.Return(ahead.Value.Range);

        if (phase == WorkerPhase.Starting && !asked)
        {
            StartFailed(number, loss);
        }
        else if (call is not null)
        {
            var matters = !call.Completed && call.Cancellation is null && batch.Start < call.FailedAt;
            if (matters && killed)
                EndTimedOut(now, call, batch, done, timedOut, number, loss);
            else if (matters)
                Blame(now, call, batch, done, ran, announced, number, loss);
            Settle(now, call);
        }

        if (ahead is { } behind && behind.Call != call)
            Settle(now, behind.Call);

        if (StartsAhead)
            StartWorkers(_gone.Count);
        HandOut(now);
        EndWorkers();
    }

    // A dead worker's batch: what is finished stays, the item that ran is blamed, the rest goes back without blame.
    private void Blame(long now, CallState call, ItemRange batch, int done, long? ran, bool announced, int worker, WorkerLoss loss)
    {
        var first = batch.Start + done;
        var deaths = announced || done > 0 ? 0 : batch.Deaths + 1;
        if (ran is null && deaths >= Constants.SilentDeaths)
            ran = first;
        if (ran is not { } item)
        {
            call.Return(batch with { Start = first, Count = (int)(batch.End - first), Deaths = deaths });
            return;
        }

        call.Return(batch with { Start = first, Count = (int)(item - first), Deaths = 0 });
        call.Return(batch with { Start = item + 1, Count = (int)(batch.End - item - 1), Deaths = 0 });
        if (batch.Attempt >= call.Retries)
        {
            Fail(now, call, item, new WorkerLostException(_settings.Scheme, worker, loss, item));
            return;
        }

        Counters.RunAgain++;
        _workers[worker].Tally.RunAgain++;
        call.Return(new ItemRange(item, 1, batch.Attempt + 1, 0));
    }

    private void CountLost(WorkerState worker)
    {
        Counters.Lost++;
        worker.Tally.Lost++;
    }

    private void StartFailed(int number, WorkerLoss loss)
    {
        if (loss.StartError is { } error)
            Break(error);
        else if (++_startsInVain >= Constants.StartsInVain)
            Break(new WorkerLostException(_settings.Scheme, number, loss, null));
    }
}
