namespace Shoal.Dispatch;

/// <content>Batches that are sent ahead, and what idle workers take over from busy ones.</content>
internal sealed partial class Dispatcher
{
    // Both hold each worker once at most. Who has gone idle meanwhile is found out when its turn comes.
    private readonly Queue<WorkerState> _forMore = new();
    private readonly Queue<WorkerState> _forLess = new();
    private int _asked;
    private long _lookAgainAt = long.MaxValue;
    private long _lookAgainAfter = Constants.WorthTakingOver;

    /// <summary>A worker gave up all items of a batch from this one on; none where it had begun them all.</summary>
    /// <remarks>The items before it are the worker's for good: it reports them as if the batch had ended there.</remarks>
    public void TakenBack(long now, int number, long batchNumber, long? from)
    {
        Trace?.Event(now, "TakenBack", number, start: from ?? -1, count: batchNumber);
        var worker = _workers[number];
        Answered(worker, batchNumber);
        if (worker.Phase == WorkerPhase.Busy && worker.BatchNumber == batchNumber)
        {
            var (call, batch) = (worker.Call!, worker.Batch);
            if (from is not { } first || first >= batch.End)
            {
                worker.Kept = batchNumber;
            }
            else
            {
                worker.Batch = batch with { Count = (int)(first - batch.Start) };
                worker.Items -= (int)(batch.End - first);
                call.InFlight -= batch.End - first;
                if (worker.Running >= first)
                    (worker.Running, worker.ItemEndsAt) = (WorkerState.NoItem, long.MaxValue);
                // The last results may have come before the answer.
                if (worker.Done == worker.Batch.Count)
                    EndBatch(now, worker);
                GiveBack(now, call, batch with { Start = first, Count = (int)(batch.End - first) });
                return;
            }
        }
        else if (worker.Ahead is { } ahead && ahead.Number == batchNumber)
        {
            var first = Math.Clamp(from ?? ahead.Range.End, ahead.Range.Start, ahead.Range.End);
            var left = ahead.Range with { Count = (int)(first - ahead.Range.Start) };
            // What is left has begun, though the news of it are still to come.
            worker.Kept = batchNumber;
            if (left.Count == 0)
            {
                DropAhead(worker);
            }
            else
            {
                worker.Ahead = ahead with { Range = left };
                worker.Items -= ahead.Range.Count - left.Count;
                ahead.Call.InFlight -= ahead.Range.Count - left.Count;
            }

            GiveBack(now, ahead.Call, ahead.Range with { Start = first, Count = (int)(ahead.Range.End - first) });
            return;
        }

        HandOut(now);
    }

    private void GiveBack(long now, CallState call, ItemRange range)
    {
        if (range.Count > 0)
            _lookAgainAfter = Constants.WorthTakingOver;
        call.Return(range);
        Settle(now, call);
    }

    // Whether a worker got a batch behind the one that it has.
    private bool SendAhead(long now, CallState call)
    {
        if (!_settings.SendsAhead || !WorthSendingAhead(call))
            return false;
        while (_forMore.TryDequeue(out var worker))
        {
            worker.ListedForMore = false;
            // Who has had its batch for so long may keep the next one waiting.
            if (worker is not { Phase: WorkerPhase.Busy, Caller: null, Ahead: null, Killed: false, Cancelled: false, Asked: 0, Spent: false }
                || worker.Number >= WorkerCount || MostItems(worker) <= 0
                || now - worker.BegunAt > Constants.LongestAhead * _settings.BatchTime)
            {
                continue;
            }

            worker.Ahead = Take(worker, call);
            Instruct(InstructionKind.Send, worker, worker.Ahead.Value);
            ListForLess(worker);
            return true;
        }

        return false;
    }

    // Short batches of which there are plenty: at the tail each worker takes one when it is idle.
    private bool WorthSendingAhead(CallState call)
    {
        var (size, cost) = (call.Sizer.Size, call.Sizer.ItemCost);
        // What runs again goes to idle workers alone: it is to begin soon, and what a worker has of a call stays in the order of its items.
        return cost > 0 && !call.HasAgain && cost * size <= Constants.LongestAhead * _settings.BatchTime && call.Left >= (long)size * WorkerCount;
    }

    // The batch before is done, so this one has begun.
    private void BeginAhead(long now, WorkerState worker, HandedOut ahead)
    {
        Begin(now, worker, ahead);
        var call = ahead.Call;
        if (!call.Stopping || (call.Cancellation is null && !call.Completed && ahead.Range.Start < call.FailedAt))
            return;
        worker.Cancelled = true;
        Instructions.Enqueue(new(InstructionKind.Cancel, worker.Number, call.Number));
        if (call.GraceEnds == long.MaxValue)
            _stopping.Add(call);
        call.GraceEnds = Math.Min(call.GraceEnds, now + _settings.Grace);
    }

    private static void DropAhead(WorkerState worker)
    {
        if (worker.Ahead is not { } ahead)
            return;
        worker.Ahead = null;
        worker.Items -= ahead.Range.Count;
        ahead.Call.Running--;
        ahead.Call.InFlight -= ahead.Range.Count;
        if (ahead.Range.Start < ahead.Call.FailedAt)
            ahead.Call.RunningBelow--;
    }

    // Nothing is left to hand out: who is idle takes over what others have not begun.
    private void RelieveOthers(long now)
    {
        if (!_settings.TakesBack)
            return;
        while (_idle.TryPeek(out var first) && first is not { Phase: WorkerPhase.Idle, Caller: null })
            _idle.Pop().Listed = false;
        while (_idle.Count > _asked)
        {
            if (MostLoaded(now, out var wait) is not { } worker)
            {
                if (wait && _lookAgainAt == long.MaxValue)
                {
                    _lookAgainAt = now + _lookAgainAfter;
                    _lookAgainAfter = Math.Min(2 * _lookAgainAfter, Constants.LongestLookAgain);
                }

                return;
            }

            if (worker.Ahead is { } ahead)
                Ask(worker, ahead.Number, InstructionKind.TakeBack);
            else
                Ask(worker, worker.BatchNumber, InstructionKind.TakeHalf);
        }
    }

    private void Ask(WorkerState worker, long batch, InstructionKind kind)
    {
        if (worker.Asked != 0)
            return;
        worker.Asked = batch;
        _asked++;
        Instructions.Enqueue(new(kind, worker.Number) { Batch = batch });
    }

    private void Answered(WorkerState worker, long batch)
    {
        if (batch == 0 || worker.Asked != batch)
            return;
        worker.Asked = 0;
        _asked--;
    }

    // Of a few busy workers the one with most left that is worth taking over. Wait: whether somebody has items that may be worth it later.
    private WorkerState? MostLoaded(long now, out bool wait)
    {
        WorkerState? best = null;
        var most = (double)Constants.WorthTakingOver;
        wait = false;
        for (var looks = Math.Min(Constants.WorkersLookedAt, _forLess.Count); looks > 0 && _forLess.TryDequeue(out var worker);)
        {
            worker.ListedForLess = false;
            if (!MayGiveUp(worker))
                continue;
            ListForLess(worker);
            looks--;
            wait = true;
            if (worker.Asked == 0 && TimeLeft(now, worker) is var left && left >= most)
                (best, most) = (worker, left);
        }

        return best;
    }

    private static bool MayGiveUp(WorkerState worker)
        => worker is { Phase: WorkerPhase.Busy, Killed: false, Cancelled: false, Call.Spread: true }
            && (worker.Ahead is { } ahead
                ? !ahead.Call.Stopping && worker.Kept != ahead.Number
                : !worker.Call.Stopping && worker.Kept != worker.BatchNumber && worker.Batch.Count - worker.Done > 1);

    // What a worker has and has not begun, in ticks: by the cost of items so far, or, once they take longer than twice that, as long again as they have taken.
    private static double TimeLeft(long now, WorkerState worker)
    {
        var silence = now - worker.NewsAt;
        var has = (worker.Batch.Count - worker.Done) * worker.Call!.Sizer.ItemCost;
        if (silence > 2 * has)
            return silence;
        return worker.Ahead is { } ahead ? ahead.Range.Count * ahead.Call.Sizer.ItemCost : has - silence;
    }

    private void ListForMore(WorkerState worker)
    {
        if (!_settings.SendsAhead || worker.ListedForMore || worker.Caller is not null)
            return;
        worker.ListedForMore = true;
        _forMore.Enqueue(worker);
    }

    private void ListForLess(WorkerState worker)
    {
        if (!_settings.TakesBack || worker.ListedForLess)
            return;
        worker.ListedForLess = true;
        _forLess.Enqueue(worker);
    }
}
