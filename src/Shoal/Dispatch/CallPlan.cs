namespace Shoal.Dispatch;

/// <summary>A call as the dispatcher gets it.</summary>
/// <param name="Call">Its number.</param>
/// <param name="Count">The number of its items; −1 where they are taken one by one from a lazy input.</param>
/// <param name="Batch">The size of its batches; 0 where measured cost decides.</param>
/// <param name="Retries">How often an item runs again after its worker died.</param>
/// <param name="Timeout">How long an item may run, in ticks; 0 for as long as it likes.</param>
internal readonly record struct CallPlan(int Call, long Count, int Batch = 0, int Retries = 1, long Timeout = 0)
{
    /// <summary>Whether its results are read one by one: it waits for its reader then.</summary>
    public bool Streams { get; init; }

    /// <summary>How far it may be ahead of its reader, or its input of the items that are done; 0 for the dispatcher's choice.</summary>
    public int Buffer { get; init; }

    /// <summary>Whether items that fail do not keep the others from running.</summary>
    public bool Collects { get; init; }

    /// <summary>How many of its items workers may have at once; 0 for as many as they like.</summary>
    public int InFlight { get; init; }
}
