namespace Shoal.Dispatch;

/// <summary>Where a worker is in its life.</summary>
internal enum WorkerPhase
{
    /// <summary>Not there.</summary>
    None,

    /// <summary>Was told to start and has not said that it is ready.</summary>
    Starting,

    /// <summary>Ready, without a batch.</summary>
    Idle,

    /// <summary>Has a batch.</summary>
    Busy,

    /// <summary>Was told to end.</summary>
    Ending,
}

/// <summary>What the dispatcher knows of one worker.</summary>
internal sealed class WorkerState(int number)
{
    public const long NoItem = -1;

    public int Number => number;

    /// <summary>What is counted for the report.</summary>
    public WorkerTally Tally { get; } = new();

    public WorkerPhase Phase { get; set; }

    /// <summary>Whether it waits in the stack of idle workers.</summary>
    public bool Listed { get; set; }

    /// <summary>The call whose waiting caller works in this worker's place, or none.</summary>
    public CallState? Caller { get; set; }

    /// <summary>The phase of the worker itself, to return to when the caller leaves.</summary>
    public WorkerPhase PhaseBeforeCaller { get; set; }

    /// <summary>The call that its batch is of.</summary>
    public CallState? Call { get; set; }

    public ItemRange Batch { get; set; }

    /// <summary>The number of its batch.</summary>
    public long BatchNumber { get; set; }

    /// <summary>The batch that it was sent while it has another, or none.</summary>
    public HandedOut? Ahead { get; set; }

    /// <summary>The batch of which it was asked to give up something and has not answered, or 0.</summary>
    public long Asked { get; set; }

    /// <summary>The batch of which it had nothing to give up, or 0.</summary>
    public long Kept { get; set; }

    /// <summary>Whether it stands in the queue of those who may be sent a batch ahead.</summary>
    public bool ListedForMore { get; set; }

    /// <summary>Whether it stands in the queue of those whom an idle worker may relieve.</summary>
    public bool ListedForLess { get; set; }

    /// <summary>How many items of the batch are finished.</summary>
    public int Done { get; set; }

    /// <summary>The item that it said it runs.</summary>
    public long Running { get; set; } = NoItem;

    /// <summary>Whether it announced any item of this batch.</summary>
    public bool Announced { get; set; }

    /// <summary>When it began with its batch: when it was sent, or when the one before was done.</summary>
    public long BegunAt { get; set; }

    /// <summary>When it began with the batch before, if that was of the same call and this one was sent ahead; else when it began with this one.</summary>
    public long MeasuredFrom { get; set; }

    /// <summary>How many items of that batch before it did.</summary>
    public int MeasuredItems { get; set; }

    /// <summary>When it last said that items are finished, or began with its batch.</summary>
    public long NewsAt { get; set; }

    /// <summary>Counts the workers that had this number and left it.</summary>
    public int Incarnation { get; set; }

    /// <summary>How many items it was handed since it started.</summary>
    public int Items { get; set; }

    /// <summary>Whether it is to be replaced when it has nothing to do.</summary>
    public bool Spent { get; set; }

    /// <summary>Since when it has nothing to do; only where it is idle.</summary>
    public long IdleSince { get; set; }

    /// <summary>When the item that it runs has used up its time and the grace; never where there is no limit.</summary>
    public long ItemEndsAt { get; set; } = long.MaxValue;

    /// <summary>The item because of whose time it is killed, or none.</summary>
    public long TimedOut { get; set; } = NoItem;

    /// <summary>Whether its token was cancelled for this batch.</summary>
    public bool Cancelled { get; set; }

    /// <summary>Whether it was told to end at once.</summary>
    public bool Killed { get; set; }
}

/// <summary>A range of a call's items that go together.</summary>
/// <param name="Start">The first item.</param>
/// <param name="Count">How many.</param>
/// <param name="Attempt">How often these were blamed for a death.</param>
/// <param name="Deaths">How often workers died with it that announced no item.</param>
internal readonly record struct ItemRange(long Start, int Count, int Attempt, int Deaths)
{
    public long End => Start + Count;
}

/// <summary>A batch that a worker was sent and has not begun, as far as anybody knows.</summary>
/// <param name="Call">The call that it is of.</param>
/// <param name="Range">Its items.</param>
/// <param name="Number">Its number.</param>
internal readonly record struct HandedOut(CallState Call, ItemRange Range, long Number);
