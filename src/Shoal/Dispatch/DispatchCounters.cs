namespace Shoal.Dispatch;

/// <summary>What the dispatcher counts for the report.</summary>
internal sealed class DispatchCounters
{
    public long Started { get; set; }

    public long Lost { get; set; }

    public long Abandoned { get; set; }

    public long Recycled { get; set; }

    public long Items { get; set; }

    public long RunAgain { get; set; }

    public long Batches { get; set; }

    /// <summary>How long the batch took that the last event ended, in ticks of 100 ns; 0 where it ended none.</summary>
    public long BatchTicks { get; set; }
}
