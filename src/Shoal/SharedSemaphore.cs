using System.Runtime.InteropServices;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A number of permits that the program and its local workers take and give back: so many may do something at once.</summary>
/// <remarks>
/// Capture it in a function, or pass it as an item. A permit belongs to the process that took it, whatever its thread; those of a process that dies are given back within 0.2 seconds.
/// Not fair. Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
public sealed unsafe class SharedSemaphore : IDisposable, IWireSelf<SharedSemaphore>
{
    // So many processes can hold permits at once; more than any machine runs workers. Whoever comes after them waits.
    private const int MaxHolders = 4096;

    private readonly SharedState _state;

    /// <summary>A semaphore.</summary>
    /// <param name="permits">How many permits there are, all of them free.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is below 1.</exception>
    /// <exception cref="ShoalException">The system has no shared memory.</exception>
    public SharedSemaphore(int permits)
        : this(SharedState.Create(BytesFor(permits), SegmentKind.Semaphore, nameof(SharedSemaphore))) => Permits = permits;

    private SharedSemaphore(SharedState state) => _state = state;

    /// <summary>How many permits there are, free or taken.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore is disposed.</exception>
    public int Permits
    {
        get => *(int*)(_state.Data + SharedMonitor.Size);
        private init => *(int*)(_state.Data + SharedMonitor.Size) = value;
    }

    /// <summary>How many permits are free now.</summary>
    public int FreePermits
    {
        get
        {
            var free = 0;
            Monitor.Until(
                () =>
                {
                    GiveBackOfTheDead();
                    free = Free();
                    return true;
                },
                new Deadline(null),
                default);
            return free;
        }
    }

    private SharedMonitor Monitor => new(_state.Data);

    private Span<Holder> Holders => new(_state.Data + SharedMonitor.Size + sizeof(long), Math.Min(Permits, MaxHolders));

    /// <summary>Waits for a permit and takes it; <see cref="Release"/> gives it back.</summary>
    /// <param name="timeout">How long to wait; for ever if absent.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="TimeoutException">None was free for all that time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Wait(TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        if (!Take(timeout, cancel))
            throw new TimeoutException($"None of the {Permits} permits of the SharedSemaphore was free for {timeout}. Release them sooner, or wait longer.");
    }

    /// <summary>Waits for a permit and takes it; <see cref="Release"/> gives it back.</summary>
    /// <param name="timeout">How long to wait; zero only looks.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether it was taken.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool TryWait(TimeSpan timeout, CancellationToken cancel = default) => Take(timeout, cancel);

    /// <summary>Gives a permit back.</summary>
    /// <exception cref="InvalidOperationException">This process holds none.</exception>
    public void Release()
    {
        var me = ProcessIdentity.Current;
        Monitor.Until(
            () =>
            {
                foreach (ref var holder in Holders)
                {
                    if (holder.Count == 0 || holder.Process != me.Id || holder.Start != me.Start)
                        continue;
                    holder.Count--;
                    Monitor.Changed();
                    return true;
                }

                throw new InvalidOperationException("This process holds no permit of the SharedSemaphore. Release once for each Wait, in the process that waited.");
            },
            new Deadline(null),
            default);
    }

    /// <summary>Frees it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedSemaphore>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedSemaphore IWireSelf<SharedSemaphore>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Semaphore, nameof(SharedSemaphore)));

    private static long BytesFor(int permits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        return SharedMonitor.Size + sizeof(long) + (long)Math.Min(permits, MaxHolders) * sizeof(Holder);
    }

    private bool Take(TimeSpan? timeout, CancellationToken cancel) => Monitor.Until(
        () =>
        {
            if (TakeFree())
                return true;
            GiveBackOfTheDead();
            return TakeFree();
        },
        new Deadline(timeout),
        cancel);

    private bool TakeFree()
    {
        if (Free() == 0)
            return false;
        var me = ProcessIdentity.Current;
        var empty = -1;
        var holders = Holders;
        for (var i = 0; i < holders.Length; i++)
        {
            if (holders[i].Count == 0)
            {
                empty = empty < 0 ? i : empty;
            }
            else if (holders[i].Process == me.Id && holders[i].Start == me.Start)
            {
                holders[i].Count++;
                return true;
            }
        }

        if (empty < 0)
            return false;
        // The count is last: until then the place is empty, whoever dies.
        (holders[empty].Process, holders[empty].Start) = (me.Id, me.Start);
        Volatile.Write(ref holders[empty].Count, 1);
        return true;
    }

    private int Free()
    {
        var taken = 0;
        foreach (var holder in Holders)
            taken += holder.Count;
        return Permits - taken;
    }

    private void GiveBackOfTheDead()
    {
        foreach (ref var holder in Holders)
        {
            if (holder.Count == 0 || new ProcessIdentity(holder.Process, holder.Start).IsAlive)
                continue;
            holder.Count = 0;
            Monitor.Changed();
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Holder
    {
        public int Process;
        public int Count;
        public long Start;
    }
}
