using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>How an attempt to enter ended.</summary>
internal enum Entry
{
    TimedOut,
    Entered,

    /// <summary>Entered, and the process that was inside before has died there.</summary>
    Abandoned,
}

/// <summary>A lock in shared memory that survives the death of its holder, and a way to wait for what it guards to change.</summary>
/// <remarks>
/// The lock is one word: the holder's process, and a bit that says that somebody may wait. So the holder is on record in the very instant in which it holds.
/// Whoever waits looks every 100 ms whether the holder lives, and takes its place if not. Not reentrant; belongs to a thread.
/// </remarks>
internal readonly unsafe struct SharedMonitor(byte* address)
{
    /// <summary>Bytes of memory that it needs, zero at first; a multiple of a cache line.</summary>
    public const int Size = 64;

    private const int SomebodyWaits = 1 << 31;
    private const int ProcessBits = ~SomebodyWaits;

    private Layout* State => (Layout*)address;

    /// <summary>Whether this thread is inside.</summary>
    public bool IsEntered => (Volatile.Read(ref State->Word) & ProcessBits) == Environment.ProcessId && Volatile.Read(ref State->Thread) == Environment.CurrentManagedThreadId;

    /// <summary>Waits until nobody is inside, and enters.</summary>
    /// <exception cref="LockRecursionException">This thread is inside already.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Entry Enter(Deadline deadline, CancellationToken cancel)
    {
        var me = Environment.ProcessId;
        if (Interlocked.CompareExchange(ref State->Word, me, 0) == 0)
            return Own(Entry.Entered);
        if (IsEntered)
            throw new LockRecursionException("This thread holds the lock already, and would wait for itself for ever. Exit it first, or pass on that it is held.");
        while (true)
        {
            var seen = Volatile.Read(ref State->Word);
            if ((seen & ProcessBits) == 0)
            {
                // Others may still sleep: who has waited says so for them.
                if (Interlocked.CompareExchange(ref State->Word, me | SomebodyWaits, seen) == seen)
                    return Own(Entry.Entered);
                continue;
            }

            var waiting = seen | SomebodyWaits;
            if (seen != waiting && Interlocked.CompareExchange(ref State->Word, waiting, seen) != seen)
                continue;
            cancel.ThrowIfCancellationRequested();
            var passed = deadline.HasPassed;
            if (!passed)
                Futex.Wait(&State->Word, waiting, deadline.NextSlice);
            if (HolderIsDead(waiting) && Interlocked.CompareExchange(ref State->Word, me | SomebodyWaits, waiting) == waiting)
                return Own(Entry.Abandoned);
            if (passed)
                return Entry.TimedOut;
        }
    }

    /// <summary>Leaves, and lets one of those in who wait.</summary>
    /// <exception cref="SynchronizationLockException">This thread is not inside.</exception>
    public void Exit()
    {
        if (!IsEntered)
            throw new SynchronizationLockException("This thread does not hold the lock. Exit it on the thread that entered, once; code that awaits in between may go on on another thread.");
        // Before the word: what the next holder has not yet written must not be taken for ours.
        Volatile.Write(ref State->Thread, 0);
        Volatile.Write(ref State->Start, 0);
        if ((Interlocked.Exchange(ref State->Word, 0) & SomebodyWaits) != 0)
            Futex.Wake(&State->Word, 1);
    }

    /// <summary>Runs <paramref name="step"/> inside, again and again as things change, until it is true or the time is over.</summary>
    /// <param name="step">Must leave a valid state at each of its writes: the process may be killed between any two.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Whether a step was true. One is tried in any case, unless others are inside all the time.</returns>
    public bool Until(Func<bool> step, Deadline deadline, CancellationToken cancel)
    {
        while (true)
        {
            if (Enter(deadline, cancel) == Entry.TimedOut)
                return false;
            int seen;
            try
            {
                if (step())
                    return true;
                seen = Volatile.Read(ref State->Changes);
            }
            finally
            {
                // Where the object was disposed meanwhile, the memory is empty and there is nothing to leave: the step has thrown what says so.
                if (IsEntered)
                    Exit();
            }

            cancel.ThrowIfCancellationRequested();
            if (deadline.HasPassed)
                return false;
            Interlocked.Increment(ref State->Waiters);
            Futex.Wait(&State->Changes, seen, deadline.NextSlice);
            Interlocked.Decrement(ref State->Waiters);
        }
    }

    /// <summary>Tells those in <see cref="Until"/> that something has changed. Call it inside.</summary>
    public void Changed()
    {
        Interlocked.Increment(ref State->Changes);
        // A waiter that was killed stays counted: a needless call then, never a lost one.
        if (Volatile.Read(ref State->Waiters) != 0)
            Futex.Wake(&State->Changes);
    }

    private Entry Own(Entry how)
    {
        Volatile.Write(ref State->Thread, Environment.CurrentManagedThreadId);
        Volatile.Write(ref State->Start, ProcessIdentity.Current.Start);
        return how;
    }

    // The start is read on both sides: while another process takes over, it belongs to nobody.
    private bool HolderIsDead(int word)
    {
        var start = Volatile.Read(ref State->Start);
        return Volatile.Read(ref State->Word) == word
            && !new ProcessIdentity(word & ProcessBits, start).IsAlive
            && Volatile.Read(ref State->Start) == start;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public int Word;
        public int Thread;
        public long Start;
        public int Changes;
        public int Waiters;
    }
}
