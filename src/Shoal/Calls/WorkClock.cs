using System.Diagnostics;

namespace Shoal.Calls;

/// <summary>Where a worker's time goes: in the user's function, or in reading items and writing results. One thread at a time; the sums are read by any.</summary>
/// <remarks>
/// A look at the clock costs 25 ns, four of them more than many an item. So short items are looked at one in sixteen: the time of the others is exact as a sum, what of it was
/// reading and writing is taken from the last one looked at, and the rest was the function. Long items are all looked at. Nothing is allocated.
/// </remarks>
/// <param name="shared">Memory that another process reads, or none: words for running, serializing, and since when what is in neither of them runs (0 for nothing).</param>
internal sealed unsafe class WorkClock(nint shared = 0)
{
    // Four looks at the clock are less than a fiftieth of it.
    private static readonly long ShortItem = Stopwatch.Frequency / 200_000;
    private const int LongestSkip = 15;

    private readonly long* _shared = (long*)shared;
    private long _running;
    private long _serializing;
    private long _since;
    private long _at;
    private long _begun;
    private long _read;
    private long _ran;
    private long _lastSerializing;
    private int _skip;
    private int _left;
    private int _unseen;
    private bool _looks;
    private bool _looked;
    private bool _pauses = true;

    /// <summary>Whether every item is looked at, however short.</summary>
    public bool Exact { get; init; }

    /// <summary>The time in the user's function, in ticks of <see cref="Stopwatch"/>; with that of what runs now.</summary>
    public long Running => RunningBy(Volatile.Read(ref _running), Volatile.Read(ref _since));

    /// <summary>The time of reading and writing, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Serializing => Volatile.Read(ref _serializing);

    /// <summary>The two sums as they are without what runs now.</summary>
    public (long Running, long Serializing) Settled => (_running, _serializing);

    /// <summary>What another process has in its shared words.</summary>
    /// <param name="shared">The words.</param>
    /// <returns>The same as <see cref="Running"/> and <see cref="Serializing"/>.</returns>
    public static (long Running, long Serializing) Read(long* shared)
    {
        // In this order, against that of the writer: what is seen is never counted twice.
        var running = Volatile.Read(ref shared[0]);
        return (RunningBy(running, Volatile.Read(ref shared[2])), Volatile.Read(ref shared[1]));
    }

    /// <summary>Another clock that goes on from here.</summary>
    public WorkClock GoOn() => new() { _running = Running, _serializing = Serializing };

    /// <summary>A range of items begins in which nothing is read or written.</summary>
    public void BeginRun()
    {
        _at = Stopwatch.GetTimestamp();
        Volatile.Write(ref _since, _at);
    }

    /// <summary>That range is done.</summary>
    public void EndRun()
    {
        Volatile.Write(ref _since, 0);
        Volatile.Write(ref _running, _running + Stopwatch.GetTimestamp() - _at);
    }

    /// <summary>An item begins: it is read first.</summary>
    public void Begin()
    {
        if (_left == 0)
        {
            BeginBlock();
            return;
        }

        _left--;
        if (_pauses)
            Resume(Stopwatch.GetTimestamp());
        else if (_looked)
            Settle(Stopwatch.GetTimestamp());
        _unseen++;
    }

    /// <summary>What begins is measured in any case.</summary>
    public void BeginBlock()
    {
        var now = Stopwatch.GetTimestamp();
        if (_pauses)
            Resume(now);
        else
            Settle(now);
        (_looks, _begun, _read, _ran) = (true, now, 0, 0);
    }

    /// <summary>The item is read, and the function begins.</summary>
    public void HasRead()
    {
        if (_looks)
            _read = Stopwatch.GetTimestamp();
    }

    /// <summary>The function has returned.</summary>
    public void HasRun()
    {
        if (_looks)
            _ran = Stopwatch.GetTimestamp();
    }

    /// <summary>The result is written, or something threw.</summary>
    public void End()
    {
        if (!_looks)
            return;
        _looks = false;
        var now = Stopwatch.GetTimestamp();
        var read = _read == 0 ? now : _read;
        var ran = _ran == 0 ? now : _ran;
        _lastSerializing = read - _begun + now - ran;
        Add(now, ran - read, _lastSerializing);
        _looked = true;
        _skip = Exact || now - _begun >= ShortItem ? 0 : Math.Min(_skip * 2 + 1, LongestSkip);
        _left = _skip;
    }

    /// <summary>Nothing runs from here on until something begins.</summary>
    public void Pause()
    {
        if (_pauses)
            return;
        if (_unseen > 0)
            Settle(Stopwatch.GetTimestamp());
        (_pauses, _looked) = (true, false);
        Publish(0);
    }

    private static long RunningBy(long running, long since) => since == 0 ? running : running + Math.Max(0, Stopwatch.GetTimestamp() - since);

    private void Resume(long now)
    {
        (_at, _pauses) = (now, false);
        Publish(now);
    }

    // What passed since the last look: the items that were not looked at, or, behind one that was, the sending of its result and the taking of the next item.
    private void Settle(long now)
    {
        if (_unseen == 0 && _looked)
            _lastSerializing += now - _at;
        var serializing = _unseen == 0 ? now - _at : Math.Min(now - _at, _unseen * _lastSerializing);
        (_unseen, _looked) = (0, false);
        Add(now, now - _at - serializing, serializing);
    }

    private void Add(long now, long running, long serializing)
    {
        _at = now;
        Publish(now);
        Volatile.Write(ref _serializing, _serializing + serializing);
        Volatile.Write(ref _running, _running + running);
        if (_shared is null)
            return;
        Volatile.Write(ref _shared[1], _serializing);
        Volatile.Write(ref _shared[0], _running);
    }

    private void Publish(long since)
    {
        Volatile.Write(ref _since, since);
        if (_shared is not null)
            Volatile.Write(ref _shared[2], since);
    }
}
