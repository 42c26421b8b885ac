namespace Shoal.Dispatch;

/// <summary>The dispatcher's tuning constants, each with where it comes from. Times are ticks of 100 ns.</summary>
internal static class Constants
{
    /// <summary>
    /// 40–100 times the 200–500 µs that a busy worker waits for its next batch over a socket on two virtual cores (<c>digits --rows 10000</c>: at 3 ms a
    /// worker idled for a fifth of its time).
    /// </summary>
    public const long BatchTimeAcrossProcesses = 20 * TimeSpan.TicksPerMillisecond;

    /// <summary>20–50 times the 10 µs in which a parked thread wakes.</summary>
    public const long BatchTimeInProcess = TimeSpan.TicksPerMillisecond / 2;

    /// <summary>Batches grow at most by this factor: few rounds from 1 to any size, and a first measurement that was off costs little.</summary>
    public const int Growth = 4;

    /// <summary>At the tail a batch is this part of the time that it should take, or longer: below, handing out costs more than an idle worker.</summary>
    public const int TailParts = 64;

    /// <summary>Guided self-scheduling: no batch is larger than what is left, divided by this many for each worker (Polychronopoulos, Kuck, 1987, with a factor for uneven items).</summary>
    public const int BatchesLeftForWorker = 2;

    /// <summary>
    /// A batch is sent ahead where one takes at most this many times as long as it should: behind longer ones it would wait for nothing, since the way between two
    /// batches costs them nothing that counts.
    /// </summary>
    public const int LongestAhead = 2;

    /// <summary>
    /// Work worth taking over from a worker that has it: several times what it costs to ask (a barrier in every process: 2–10 µs), to write the items once more, and to
    /// wake the one that is idle (50–100 µs).
    /// </summary>
    public const long WorthTakingOver = 200 * TimeSpan.TicksPerMicrosecond;

    /// <summary>How many busy workers are looked at to find the one that has most left: the cost of a look does not grow with their number.</summary>
    public const int WorkersLookedAt = 8;

    /// <summary>The longest time until an idle worker is looked for work again, after it found that others have little left.</summary>
    public const long LongestLookAgain = 10 * TimeSpan.TicksPerMillisecond;

    /// <summary>How many batches for each worker are taken ahead from a lazy input.</summary>
    public const int WindowBatchesForWorker = 4;

    /// <summary>The fewest items that are taken ahead from a lazy input.</summary>
    public const int SmallestWindow = 64;

    /// <summary>The most items that are taken ahead where nobody chose: a batch of items that cost nanoseconds would hold half a million.</summary>
    public const int LargestWindow = 65_536;

    /// <summary>Work worth spreading over threads: several times the 50–100 µs in which a thread starts or wakes on a busy machine.</summary>
    public const long WorthSpreading = 200 * TimeSpan.TicksPerMicrosecond;

    /// <summary>A call that still runs its first items after this is spread without waiting for their cost.</summary>
    public const long ProbeTime = TimeSpan.TicksPerMillisecond;

    /// <summary>The grace after Ctrl-C and <see cref="Pool.Terminate"/>.</summary>
    public const long ShortGrace = 200 * TimeSpan.TicksPerMillisecond;

    /// <summary>
    /// How late the news may be that an item ended: results gather for 10 ms at most, and a thread of a busy machine wakes within as much. Only after the time
    /// and the grace and this is a worker killed.
    /// </summary>
    public const long ReportDelay = 30 * TimeSpan.TicksPerMillisecond;

    /// <summary>The least time between two looks at all workers for items whose time is up; with <see cref="ReportDelay"/> less than half of the 0.1 s in which a worker is to be free.</summary>
    public const long TimeoutGrain = 10 * TimeSpan.TicksPerMillisecond;

    /// <summary>Workers that end before they are ready, in a row, until the pool is broken.</summary>
    public const int StartsInVain = 3;

    /// <summary>Deaths of workers that had a batch but announced no item, until its first item is blamed after all.</summary>
    public const int SilentDeaths = 3;

    /// <summary>Threads given up for each worker until the pool is broken.</summary>
    public const int AbandonedForWorker = 4;
}
