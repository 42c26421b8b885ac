namespace Shoal.Sharing;

/// <summary>Waiting for a word of shared memory to change, and waking who waits, across processes.</summary>
internal static unsafe class Futex
{
    // The flag FUTEX_PRIVATE_FLAG is never set: it would find waiters of this process only.
    private const int WaitOperation = 0, WakeOperation = 1;

    /// <summary>The longest wait in one go, so that a death is noticed whatever it left behind.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Sleeps until the word is woken, at most this long, and not at all where it does not hold the value any more. May return early.</summary>
    public static void Wait(int* word, int value, TimeSpan longest)
    {
        var ticks = Math.Max(0, longest.Ticks);
        var time = new SharedMemory.TimeSpec { Seconds = (nint)(ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(ticks % TimeSpan.TicksPerSecond * 100) };
        _ = SharedMemory.Futex(word, WaitOperation, value, &time);
    }

    /// <summary>Wakes up to <paramref name="count"/> of those who wait for the word.</summary>
    public static void Wake(int* word, int count = int.MaxValue) => _ = SharedMemory.Futex(word, WakeOperation, count, null);
}
