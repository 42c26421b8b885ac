using System.Diagnostics;

namespace Shoal.Sharing;

/// <summary>When a wait ends.</summary>
internal readonly struct Deadline
{
    private readonly long _start;
    private readonly TimeSpan? _timeout;

    /// <summary>A time from now; for ever if absent or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public Deadline(TimeSpan? timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            timeout = null;
        if (timeout is { } time)
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(timeout));
        _start = Stopwatch.GetTimestamp();
        _timeout = timeout;
    }

    public bool HasPassed => _timeout is { } timeout && Stopwatch.GetElapsedTime(_start) >= timeout;

    /// <summary>How long to sleep in one go: until the deadline, but never so long that a death goes unnoticed.</summary>
    public TimeSpan NextSlice
    {
        get
        {
            if (_timeout is not { } timeout)
                return Futex.Slice;
            var left = timeout - Stopwatch.GetElapsedTime(_start);
            return left < TimeSpan.Zero ? TimeSpan.Zero : left < Futex.Slice ? left : Futex.Slice;
        }
    }
}
