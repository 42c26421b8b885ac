namespace Shoal;

/// <summary>What a function may know about the item that it runs.</summary>
/// <remarks>One object for each run of an item; it is used by the function alone and is not thread-safe.</remarks>
public sealed class ItemContext
{
    private readonly long _seed;
    private Random? _random;

    internal ItemContext(long index, int attempt, int worker, long seed, CancellationToken cancel)
    {
        Index = index;
        Attempt = attempt;
        Worker = worker;
        Cancel = cancel;
        _seed = seed;
    }

    /// <summary>The same item with another token.</summary>
    internal ItemContext With(CancellationToken cancel) => new(Index, Attempt, Worker, _seed, cancel);

    /// <summary>Another item of the same run.</summary>
    internal ItemContext At(long index) => new(index, Attempt, Worker, _seed, Cancel);

    /// <summary>The position of the item in the input, from 0.</summary>
    public long Index { get; }

    /// <summary>0 for the first run, 1 for the run after its worker died, and so on. Execution is at least once.</summary>
    public int Attempt { get; }

    /// <summary>The number of the worker that runs the item, from 0. Results should not depend on it.</summary>
    public int Worker { get; }

    /// <summary>Is cancelled when the item is to stop: by the caller, a time-out, or because an earlier item failed.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>Random numbers that depend on <see cref="MapOptions.Seed"/> and <see cref="Index"/> alone: the same on every back end and at each attempt.</summary>
    /// <remarks>Philox4x32-10 with the seed as key and (index, draw) as counter; the sequence is part of Shoal's contract.</remarks>
    public Random Random => _random ??= new ItemRandom(_seed, Index);
}
