using System.Diagnostics;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Reporting;

namespace Shoal.Processes;

/// <summary>What the pool knows of one worker process for the report: its own counts, and the worker's clock as words in shared memory, or as frames said it last.</summary>
/// <remarks>Sending and receiving count for themselves, each by one thread at a time; anybody reads.</remarks>
internal sealed unsafe class WorkerLedger
{
    // Larger results are measured each by itself; of the others one in sixteen stands for those before it.
    private const int LargeResult = 4096;
    private const int Sampled = 16;

    private readonly Lock _lock = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private long* _words;
    private long _running;
    private long _serializing;
    private long _writing;
    private long _reading;
    private long _sent;
    private long _received;
    private long _batchSince;
    private int _unseen = Sampled;
    private bool _sampledBefore;

    /// <summary>What the worker did so far.</summary>
    public WorkerWork Work
    {
        get
        {
            lock (_lock)
            {
                (var running, var serializing) = Times;
                return new(running, serializing, Volatile.Read(ref _writing) + Volatile.Read(ref _reading), Volatile.Read(ref _sent), Volatile.Read(ref _received));
            }
        }
    }

    // Under the lock. Without shared memory a batch is taken to run until the worker says more.
    private (long Running, long Serializing) Times
        => _words is not null ? Checked(WorkClock.Read(_words)) : (_running + (_batchSince == 0 ? 0 : Stopwatch.GetTimestamp() - _batchSince), _serializing);

    /// <summary>The worker's clock is in this memory.</summary>
    public void Follow(RingSegment segment)
    {
        lock (_lock)
            _words = segment.Work;
    }

    /// <summary>The worker is gone, and its memory soon.</summary>
    public void Close()
    {
        lock (_lock)
        {
            (_running, _serializing) = Times;
            _words = null;
            _batchSince = 0;
        }
    }

    /// <summary>The worker said where its time went.</summary>
    public void Take(Frame times)
    {
        lock (_lock)
            (_running, _serializing, _batchSince) = (Clamped(times.Int64(0)), Clamped(times.Int64(8)), 0);
    }

    /// <summary>A batch was written; it goes out now.</summary>
    /// <param name="since">When the writing began.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Sent(long since, long bytes)
    {
        var now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _writing, _writing + now - since);
        Volatile.Write(ref _sent, _sent + bytes);
        if (_words is not null)
            return;
        lock (_lock)
            _batchSince = now;
    }

    /// <summary>A frame came.</summary>
    public void Received(Frame frame)
    {
        Volatile.Write(ref _received, _received + Frame.HeaderSize + frame.Body.Length);
        Telemetry.Moved(Frame.HeaderSize + frame.Body.Length, sent: false);
        if (frame.Kind != FrameKind.Error)
            return;
        // The batch is over, and nothing said how long it took.
        lock (_lock)
            (_running, _batchSince) = (_words is null ? Times.Running : _running, 0);
    }

    /// <summary>A result is about to be read.</summary>
    /// <returns>What <see cref="HasRead"/> wants.</returns>
    public long Reads(int bytes) => bytes > LargeResult || ++_unseen >= Sampled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>The result is read.</summary>
    public void HasRead(int bytes, long since)
    {
        if (since == 0)
            return;
        var took = Stopwatch.GetTimestamp() - since;
        if (bytes <= LargeResult)
        {
            // The first one also pays for the compiler, and stands for nobody else.
            took *= _sampledBefore ? _unseen : 1;
            (_unseen, _sampledBefore) = (0, true);
        }
        Volatile.Write(ref _reading, _reading + took);
    }

    // A worker whose memory is damaged must not spoil the report.
    private (long Running, long Serializing) Checked((long Running, long Serializing) times) => (Clamped(times.Running), Clamped(times.Serializing));

    private long Clamped(long ticks) => Math.Clamp(ticks, 0, Stopwatch.GetTimestamp() - _began);
}
