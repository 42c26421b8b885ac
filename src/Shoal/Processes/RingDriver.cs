namespace Shoal.Processes;

/// <summary>
/// Reads the rings of a pool's workers for as long as something comes: one thread at a time, whoever waits for results anyway. Meanwhile no worker rings a bell.
/// When it goes, each worker's attendant takes over: it sleeps until its bell rings.
/// </summary>
internal sealed class RingDriver
{
    private readonly Lock _lock = new();
    private ProcessWorker[] _workers = [];
    private int _driven;

    // Longer than a sleeping worker takes to wake (25–100 µs on a virtual machine) and to answer: were it shorter, one late answer would put this side to sleep, the next call
    // would find the worker asleep, and so on for ever: 227 µs a call instead of 20 (bench/Pools, roundtrip).
    private static readonly TimeSpan LongestLook = TimeSpan.FromMicroseconds(200);

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
            Look look = new(LongestLook);
            while (!stop())
            {
                if (ReadAll())
                    look = new(LongestLook);
                else if (!look.Again())
                    break;
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
        var came = false;
        foreach (ProcessWorker worker in Volatile.Read(ref _workers))
            came |= worker.TryRead();
        return came;
    }
}
