using System.Globalization;
using System.Runtime.InteropServices;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal;

/// <summary>A place where a fixed number of parties, in the program and its local workers, wait until all have arrived; again and again.</summary>
/// <remarks>
/// Capture it in a function, or pass it as an item. If a party gives up waiting, or its process dies while it waits, the barrier is broken for all, which those that wait hear within 0.2 seconds;
/// one that dies before it arrives is nobody to the barrier: give each wait a time. As many workers must run as there are parties. Thread-safe. Linux only so far. Dispose it when the calls that use it are over.
/// </remarks>
public sealed unsafe class SharedBarrier : IDisposable, IWireSelf<SharedBarrier>
{
    private const int Whole = 0, GaveUp = 1, Died = 2, Aborted = 3;

    private readonly SharedState _state;

    /// <summary>A barrier.</summary>
    /// <param name="parties">How many have to arrive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parties"/> is below 1.</exception>
    /// <exception cref="ShoalException">The system has no shared memory.</exception>
    public SharedBarrier(int parties)
        : this(SharedState.Create(BytesFor(parties), SegmentKind.Barrier, nameof(SharedBarrier))) => State->Parties = parties;

    private SharedBarrier(SharedState state) => _state = state;

    /// <summary>How many have to arrive.</summary>
    /// <exception cref="ObjectDisposedException">The barrier is disposed.</exception>
    public int Parties => State->Parties;

    /// <summary>Whether nobody can pass until <see cref="Reset"/>.</summary>
    public bool IsBroken => Volatile.Read(ref State->Broken) != Whole;

    private SharedMonitor Monitor => new(_state.Data);

    private Layout* State => (Layout*)(_state.Data + SharedMonitor.Size);

    private Span<Party> Arrived => new((byte*)State + sizeof(Layout), State->Parties);

    /// <summary>Arrives, and waits until all have.</summary>
    /// <param name="timeout">How long to wait; for ever if absent. When it has passed, the barrier is broken.</param>
    /// <param name="cancel">Ends the wait, and breaks the barrier.</param>
    /// <returns>The place in the order of arrival, from 0; each party of a round has its own.</returns>
    /// <exception cref="SharedBarrierBrokenException">The barrier is broken, or became so, or was reset while this waited.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public int SignalAndWait(TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        var (place, round) = (-1, 0);
        try
        {
            if (Monitor.Until(() => place < 0 ? Arrive(out place, out round) : IsOver(round), new Deadline(timeout), cancel) || !GiveUp(place, round))
                return place;
        }
        catch (OperationCanceledException)
        {
            GiveUp(place, round);
            throw;
        }

        throw new SharedBarrierBrokenException($"the other parties did not arrive within {timeout}");
    }

    /// <summary>Breaks the barrier: whoever waits, and whoever comes, gets <see cref="SharedBarrierBrokenException"/>.</summary>
    public void Abort() => Monitor.Until(() => Break(Aborted, 0), new Deadline(null), default);

    /// <summary>Makes the barrier whole and empty. Whoever waits gets <see cref="SharedBarrierBrokenException"/>.</summary>
    public void Reset() => Monitor.Until(
        () =>
        {
            var round = (int)(State->Phase >> 32);
            State->ResetRounds |= Bit(round);
            State->Phase = (State->Phase >> 32) + 1 << 32;
            State->Broken = Whole;
            Monitor.Changed();
            return true;
        },
        new Deadline(null),
        default);

    /// <summary>Frees it. In a worker that was handed it nothing.</summary>
    public void Dispose() => _state.Dispose();

    void IWireSelf<SharedBarrier>.WriteTo(WireWriter writer) => _state.Write(writer);

    static SharedBarrier IWireSelf<SharedBarrier>.ReadFrom(WireReader reader) => new(SharedState.Read(reader, SegmentKind.Barrier, nameof(SharedBarrier)));

    private static long BytesFor(int parties)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        return SharedMonitor.Size + sizeof(Layout) + (long)parties * sizeof(Party);
    }

    private static long Bit(int round) => 1L << (round & 63);

    private bool Arrive(out int place, out int round)
    {
        ThrowIfBroken();
        var me = ProcessIdentity.Current;
        (round, place) = ((int)(State->Phase >> 32), (int)State->Phase);
        Arrived[place] = new Party { Process = me.Id, Start = me.Start };
        var last = place + 1 == State->Parties;
        if (last)
            State->ResetRounds &= ~Bit(round);
        // One write says both how many have arrived and in which round: whoever dies before it has not arrived.
        State->Phase = last ? (State->Phase >> 32) + 1 << 32 : State->Phase + 1;
        if (last)
            Monitor.Changed();
        return last;
    }

    private bool IsOver(int round)
    {
        if ((int)(State->Phase >> 32) != round)
            return (State->ResetRounds & Bit(round)) == 0 ? true : throw new SharedBarrierBrokenException("it was reset while this party waited");
        ThrowIfBroken();
        for (var i = 0; i < (int)State->Phase; i++)
        {
            var party = new ProcessIdentity(Arrived[i].Process, Arrived[i].Start);
            if (party != ProcessIdentity.Current && !party.IsAlive)
                Break(Died, party.Id);
        }

        ThrowIfBroken();
        return false;
    }

    private bool Break(int how, int process)
    {
        State->DeadProcess = process;
        State->Broken = how;
        Monitor.Changed();
        return true;
    }

    // False where all have arrived meanwhile: nobody is left to be told then.
    private bool GiveUp(int place, int round)
    {
        var isOver = false;
        if (place >= 0)
            Monitor.Until(() => (isOver = IsOver(round)) || Break(GaveUp, 0), new Deadline(null), default);
        return !isOver;
    }

    private void ThrowIfBroken()
    {
        var reason = State->Broken switch
        {
            Whole => null,
            GaveUp => "a party gave up waiting for the others",
            Died => string.Create(CultureInfo.InvariantCulture, $"process {State->DeadProcess} died while it waited"),
            _ => "Abort was called",
        };
        if (reason is not null)
            throw new SharedBarrierBrokenException(reason);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public long Phase; // the round, and in the low half how many have arrived in it
        public long ResetRounds; // a bit for each of the last 64 rounds, for those that wake late
        public int Parties;
        public int Broken;
        public int DeadProcess;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Party
    {
        public long Start;
        public int Process;
    }
}
