namespace Shoal.Dispatch;

/// <summary>What the dispatcher counts for one worker's place: of all that stood there, one after another.</summary>
internal sealed class WorkerTally
{
    public long Batches { get; set; }

    public long Items { get; set; }

    /// <summary>Items that had to run again because the worker that ran them died.</summary>
    public long RunAgain { get; set; }

    /// <summary>Workers that ended without being asked.</summary>
    public long Lost { get; set; }

    /// <summary>Workers that the pool ended and replaced.</summary>
    public long Recycled { get; set; }
}
