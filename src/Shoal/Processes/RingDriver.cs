using System.Diagnostics;

namespace Shoal.Processes;

/// <summary>
/// Reads the rings of a pool's workers for as long as something comes: one thread at a time, whoever waits for results anyway. Meanwhile no worker rings a bell.
/// When it goes, each worker's attendant takes over: it sleeps until its bell rings.
/// </summary>
internal sealed class RingDriver
{
    private const int SpinsBetweenLooks = 20;

    private readonly Lock _lock = new();
    private ProcessWorker[] _workers = [];
    private int _driven;

    /// <summary>
    /// How long a side looks before it sleeps. To be woken costs 25–50 µs on a virtual machine; work that takes longer than this hides that.
    /// </summary>
    public static TimeSpan Spin { get; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Whether a thread reads the rings.</summary>
    public bool IsDriven => Volatile.Read(ref _driven) != 0;

    public void Add(ProcessWorker worker)
    {
        lock (_lock)
            Volatile.Write(ref _workers, [.. _workers, worker]);
    }

    public void Remove(ProcessWorker worker)
    {
        lock (_lock)
            Volatile.Write(ref _workers, [.. _workers.Where(other => other != worker)]);
    }

    /// <inheritdoc cref="Backends.IDrivenBackend.Drive"/>
    public bool Drive(Func<bool> stop)
    {
        if (Volatile.Read(ref _workers).Length == 0 || Interlocked.CompareExchange(ref _driven, 1, 0) != 0)
            return false;
        try
        {
            long last = Stopwatch.GetTimestamp();
            while (!stop())
            {
                if (ReadAll())
                    last = Stopwatch.GetTimestamp();
                else if (Stopwatch.GetElapsedTime(last) > Spin)
                    break;
                else
                    Thread.SpinWait(SpinsBetweenLooks);
            }
        }
        finally
        {
            _ = Interlocked.Exchange(ref _driven, 0);
            foreach (ProcessWorker worker in Volatile.Read(ref _workers))
                worker.HandOver();
        }
        return true;
    }

    private bool ReadAll()
    {
        bool came = false;
        foreach (ProcessWorker worker in Volatile.Read(ref _workers))
            came |= worker.TryRead();
        return came;
    }
}
