namespace Shoal;

/// <summary>
/// What one worker of a pool has done so far: the one that is there now and those that stood in its place before. A snapshot; immutable.
/// </summary>
/// <remarks>
/// <see cref="Running"/>, <see cref="Serializing"/>, <see cref="Waiting"/> and <see cref="Idle"/> are together the time for which it was there. All are by the clock, not by the
/// processor: on a machine that is busy with something else they hold the time in which the worker had no core.
/// </remarks>
public sealed record WorkerReport
{
    /// <summary>Its number, from 0 on; <see cref="ItemContext.Worker"/> of the items that it ran.</summary>
    public required int Worker { get; init; }

    /// <summary>The process that it runs in, or ran in last; none where it never started.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The name of its machine; none where it never started.</summary>
    public string? Host { get; init; }

    /// <summary>From the start of its processes until they took work; not part of the other times.</summary>
    public TimeSpan Starting { get; init; }

    /// <summary>Inside the user's function, the item that runs now included.</summary>
    public TimeSpan Running { get; init; }

    /// <summary>Reading items and functions and writing results, in the worker; 0 where nothing crosses a wire. Of short items it is measured in samples.</summary>
    public TimeSpan Serializing { get; init; }

    /// <summary>While calls were open: without an item, or waiting for one to arrive.</summary>
    public TimeSpan Waiting { get; init; }

    /// <summary>While no call was open.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>Writing items and functions for this worker and reading its results, in the pool's own process; the worker may run meanwhile. Of short results it is measured in samples.</summary>
    public TimeSpan PoolSerializing { get; init; }

    /// <summary>Batches that it was handed.</summary>
    public long Batches { get; init; }

    /// <summary>Items whose results came from it.</summary>
    public long Items { get; init; }

    /// <summary>Bytes that it was sent; 0 where nothing crosses a wire.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes that came from it; 0 where nothing crosses a wire.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Items that had to run again because this worker died at them.</summary>
    public long Retries { get; init; }

    /// <summary>How often it ended without being asked.</summary>
    public long Lost { get; init; }

    /// <summary>How often the pool ended it and put another one in its place.</summary>
    public long Recycles { get; init; }
}
