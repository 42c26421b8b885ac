namespace Shoal.Backends;

/// <summary>A back end that knows where its workers' time went.</summary>
internal interface IMeasuredBackend
{
    /// <summary>What a worker did, and those that stood in its place before.</summary>
    WorkerWork WorkOf(int worker);
}

/// <summary>What a worker did so far. Times in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="Running">In the user's function.</param>
/// <param name="Serializing">Reading items and writing results, in the worker.</param>
/// <param name="PoolSerializing">Writing items and reading results, in the pool's process.</param>
/// <param name="BytesSent">What it was sent.</param>
/// <param name="BytesReceived">What came from it.</param>
internal readonly record struct WorkerWork(long Running, long Serializing, long PoolSerializing = 0, long BytesSent = 0, long BytesReceived = 0)
{
    public static WorkerWork operator +(WorkerWork left, WorkerWork right)
        => new(
            left.Running + right.Running,
            left.Serializing + right.Serializing,
            left.PoolSerializing + right.PoolSerializing,
            left.BytesSent + right.BytesSent,
            left.BytesReceived + right.BytesReceived);
}
