namespace Shoal.Dispatch;

/// <summary>What the dispatcher knows of one call.</summary>
internal sealed class CallState(in CallPlan plan, BatchSizer sizer, int workers)
{
    private PriorityQueue<ItemRange, long>? _again;

    public int Number { get; } = plan.Call;

    public int Retries { get; } = plan.Retries;

    /// <summary>How long an item may run, in ticks; 0 for as long as it likes.</summary>
    public long Timeout { get; } = plan.Timeout;

    /// <summary>Whether its results are read one by one.</summary>
    public bool Streams { get; } = plan.Streams;

    /// <summary>The window that the user asked for, or 0.</summary>
    public int Buffer { get; } = plan.Buffer;

    /// <summary>How many results its reader took.</summary>
    public long Read { get; set; }

    /// <summary>How many items workers have and have not finished.</summary>
    public long InFlight { get; set; }

    /// <summary>How many that may be at once.</summary>
    public int MostInFlight { get; } = plan.InFlight > 0 ? plan.InFlight : int.MaxValue;

    public BatchSizer Sizer { get; } = sizer;

    /// <summary>How many items there are; grows while a lazy input is taken.</summary>
    public long Available { get; set; } = Math.Max(0, plan.Count);

    /// <summary>Whether <see cref="Available"/> is final.</summary>
    public bool InputEnded { get; set; } = plan.Count >= 0;

    /// <summary>How many items the driver was asked to take and has not.</summary>
    public int Asked { get; set; }

    /// <summary>The first item that was never handed out.</summary>
    public long Fresh { get; private set; }

    /// <summary>How many items are finished, or failed where failures are collected.</summary>
    public long Finished { get; set; }

    /// <summary>The lowest item that failed.</summary>
    public long FailedAt { get; private set; } = long.MaxValue;

    /// <summary>What the lowest failed item threw.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether items that fail do not keep the others from running.</summary>
    public bool Collects { get; } = plan.Collects;

    /// <summary>The items that failed and did not end the call, or none.</summary>
    public List<ItemFailure>? Failures { get; private set; }

    /// <summary>What a cancelled call throws.</summary>
    public Exception? Cancellation { get; set; }

    /// <summary>Whether its items are taken from a lazy input.</summary>
    public bool Lazy { get; } = plan.Count < 0;

    /// <summary>Batches of this call that workers have.</summary>
    public int Running { get; set; }

    /// <summary>Of those, the ones below <see cref="FailedAt"/>.</summary>
    public int RunningBelow { get; set; }

    /// <summary>When work that was told to stop is ended by force.</summary>
    public long GraceEnds { get; set; } = long.MaxValue;

    /// <summary>Whether that time has come.</summary>
    public bool GraceOver { get; set; }

    /// <summary>When a call that began on its caller is spread at the latest.</summary>
    public long SpreadAt { get; set; } = long.MaxValue;

    /// <summary>Whether all workers may take its items, not the caller alone.</summary>
    public bool Spread { get; set; }

    /// <summary>Whether its caller was told the outcome.</summary>
    public bool Completed { get; set; }

    /// <summary>Whether it stands in the queue of calls with items to hand out.</summary>
    public bool Listed { get; set; }

    /// <summary>Whether it was cancelled, failed or completed: what still runs is to stop.</summary>
    public bool Stopping => Cancellation is not null || Failure is not null || Completed;

    /// <summary>Whether there is an item to hand out.</summary>
    public bool HasPending
        => !Completed && Cancellation is null
            && (Fresh < Math.Min(Available, FailedAt) || HasAgain);

    /// <summary>Whether one may be handed out now, as far as the reader and the items in flight are concerned.</summary>
    public bool MayHandOut
        => HasPending && InFlight < MostInFlight && (HasAgain || !Streams || Read + Window - Fresh >= Math.Clamp(Sizer.Size, 1, Math.Max(1, Window / 2)));

    /// <summary>
    /// How far a stream may be ahead of its reader, items taken, under way and done together; for other calls how far the input may be ahead of the items that are done.
    /// </summary>
    public long Window
        => Buffer > 0 ? Buffer : Math.Max(Streams ? 1 : Constants.SmallestWindow, (long)Constants.WindowBatchesForWorker * workers * Math.Min(Sizer.Size, Sizer.MostAhead));

    /// <summary>How many items may be taken from the input now.</summary>
    public long RoomForInput => Window - (Available - (Streams ? Read : Finished)) - Asked;

    /// <summary>How many items nobody has had yet and somebody may have now.</summary>
    public long Left => Math.Max(0, Math.Min(Streams ? Read + Window : long.MaxValue, Math.Min(Available, FailedAt)) - Fresh);

    /// <summary>Whether items are to run again.</summary>
    public bool HasAgain => _again is { Count: > 0 } again && again.Peek().Start < FailedAt;

    // Where few may be in flight, one worker must not have them all.
    private int MostInBatch => MostInFlight == int.MaxValue ? int.MaxValue : (int)Math.Min(MostInFlight - InFlight, Math.Max(1, MostInFlight / workers));

    /// <summary>So many workers share the call from now on.</summary>
    public void Share(int count)
    {
        workers = count;
        Sizer.Share(count);
    }

    /// <summary>The next range to hand out; only where <see cref="MayHandOut"/>.</summary>
    /// <param name="most">The most items that it may have.</param>
    public ItemRange TakeRange(int most = int.MaxValue)
    {
        most = Math.Min(most, MostInBatch);
        if (HasAgain)
        {
            var again = _again!.Dequeue();
            var count = again.Attempt > 0 ? 1 : Math.Min(most, Sizer.Next(again.Count));
            Return(again with { Start = again.Start + count, Count = again.Count - count });
            return again with { Count = count };
        }

        var range = new ItemRange(Fresh, Math.Min(most, Sizer.Next(Left)), 0, 0);
        Fresh += range.Count;
        return range;
    }

    /// <summary>These items are to run again; they go first.</summary>
    public void Return(ItemRange range)
    {
        if (range.Count > 0)
            (_again ??= new()).Enqueue(range, range.Start);
    }

    /// <summary>An item failed, and the call goes on.</summary>
    public void Collect(long index, Exception error)
    {
        (Failures ??= []).Add(new ItemFailure(index, error));
        Finished++;
    }

    /// <summary>An item failed.</summary>
    /// <returns>Whether it is the lowest so far.</returns>
    public bool Fail(long index, Exception error)
    {
        if (index >= FailedAt)
            return false;
        (FailedAt, Failure) = (index, error);
        return true;
    }
}
