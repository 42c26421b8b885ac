using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

internal enum SimulatedLife
{
    Gone,
    Starting,
    Ready,
}

/// <summary>A worker of the simulated world: what it really does, while the dispatcher knows only what was reported.</summary>
internal sealed class SimulatedWorker
{
    public int Number { get; init; }

    public int Incarnation { get; private set; }

    public SimulatedLife Life { get; set; }

    public bool Dying { get; set; }

    /// <summary>Whether it was told to end without force: its number may be another's.</summary>
    public bool Leaving { get; set; }

    /// <summary>Which of those with its number it is.</summary>
    public int Slot { get; set; }

    /// <summary>How many items it has run.</summary>
    public long Ran { get; set; }

    public long? Announced { get; set; }

    /// <summary>The batch that it works on, or none.</summary>
    public SimulatedBatch? Current { get; set; }

    /// <summary>Batches that it was sent ahead.</summary>
    public Queue<SimulatedBatch> Waiting { get; } = new();

    /// <summary>Batches of which not everything was reported.</summary>
    public List<SimulatedBatch> Open { get; } = [];

    /// <summary>The item in which it hangs, and since when.</summary>
    public (SimulatedCall Call, long Item, long Since)? Hung { get; set; }

    public long LastReport { get; set; }

    public void Start() => Life = SimulatedLife.Starting;

    public void End()
    {
        Incarnation++;
        foreach (var batch in Open.ToArray())
            Landed(batch, batch.Left);
        Waiting.Clear();
        (Life, Dying, Leaving, Current, Announced, Hung) = (SimulatedLife.Gone, false, false, null, null, null);
        Ran = 0;
    }

    /// <summary>The dispatcher knows of so many items of a batch that they are not in flight any more.</summary>
    public void Landed(SimulatedBatch batch, long count)
    {
        count = Math.Min(count, batch.Left);
        batch.Call.InFlight -= count;
        batch.Left -= count;
        if (batch.Left == 0)
            Open.Remove(batch);
    }
}

/// <summary>A batch as its worker sees it.</summary>
internal sealed class SimulatedBatch(SimulatedCall call, in Instruction sent)
{
    public SimulatedCall Call => call;

    public Instruction Sent { get; } = sent;

    public long Number => Sent.Batch;

    /// <summary>The item that it ends before; less than was sent where the rear was taken back.</summary>
    public long End { get; set; } = sent.Start + sent.Count;

    /// <summary>The item that runs; the first one before the batch has begun.</summary>
    public long Item { get; set; } = sent.Start;

    /// <summary>The first finished item that was not reported.</summary>
    public long Unreported { get; set; } = sent.Start;

    public bool Cancelled { get; set; }

    /// <summary>How many of its items are in flight, as far as the dispatcher knows.</summary>
    public long Left { get; set; } = sent.Count;
}
