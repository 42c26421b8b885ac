using System.Globalization;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Dispatch;

/// <content>Items that run longer than they may, and than the grace.</content>
/// <remarks>
/// Whether an item took too long is decided where it runs, by its own clock, and its token is cancelled there. What is left for the dispatcher is the item that does
/// not stop: its worker is killed. What the worker said before its end still counts, so that late news never make an item fail that was done in time.
/// </remarks>
internal sealed partial class Dispatcher
{
    // No item ends before this; the true time is looked up when it has come, so that the news of an item cost nothing but a comparison.
    private long _itemsEndAt = long.MaxValue;

    private void LimitItem(long now, WorkerState worker)
    {
        worker.ItemEndsAt = now + worker.Call!.Timeout + _settings.Grace + Constants.ReportDelay;
        _itemsEndAt = Math.Min(_itemsEndAt, worker.ItemEndsAt);
    }

    private void EndItems(long now)
    {
        if (_itemsEndAt > now)
            return;
        var next = long.MaxValue;
        foreach (var worker in _workers)
        {
            // A call that stops has its own grace.
            if (worker is not { Phase: WorkerPhase.Busy, Killed: false, Call: { Completed: false, Cancellation: null } })
                continue;
            if (worker.ItemEndsAt > now)
            {
                next = Math.Min(next, worker.ItemEndsAt);
                continue;
            }

            worker.TimedOut = worker.Running;
            Kill(worker);
        }

        _itemsEndAt = next == long.MaxValue ? next : Math.Max(next, now + Constants.TimeoutGrain);
        BreakWhereManyAreAbandoned();
    }

    // Nobody but the item whose time was up is to blame, and not even that one where it turned out to be done.
    private void EndTimedOut(long now, CallState call, ItemRange batch, int done, long timedOut, int worker, WorkerLoss loss)
    {
        var first = batch.Start + done;
        if (timedOut < first)
        {
            call.Return(batch with { Start = first, Count = (int)(batch.End - first) });
            return;
        }

        call.Return(batch with { Start = first, Count = (int)(timedOut - first) });
        call.Return(batch with { Start = timedOut + 1, Count = (int)(batch.End - timedOut - 1) });
        var end = _settings.WaitsForStragglers
            ? "its thread was given up: a thread cannot be killed, a worker of Pool.Processes can"
            : string.Create(CultureInfo.InvariantCulture, $"its worker {worker} ({_settings.Scheme}, pid {loss.ProcessId}) was killed");
        Fail(now, call, timedOut, TimeLimit.Ignored(timedOut, TimeSpan.FromTicks(call.Timeout), TimeSpan.FromTicks(_settings.Grace), end));
    }
}
