using System.Diagnostics;

namespace Shoal.Processes;

/// <summary>Looking for something that another core writes, for a while, before going to sleep for it.</summary>
/// <param name="longest">How long.</param>
internal struct Look(TimeSpan longest)
{
    private const int SpinsBetweenLooks = 20;

    // From here on whoever else wants this core gets it: perhaps it is the one that is waited for.
    private static readonly TimeSpan Selfish = TimeSpan.FromMicroseconds(20);

    // A yield to nobody takes less than a microsecond. After a long one the core is not free: whoever looks on takes it from somebody with work, and who sleeps is woken first.
    private static readonly TimeSpan Crowded = TimeSpan.FromMicroseconds(15);

    private long _start;

    /// <summary>Waits a moment.</summary>
    /// <returns>Whether to look again.</returns>
    public bool Again()
    {
        if (_start == 0)
            _start = Stopwatch.GetTimestamp();
        TimeSpan looked = Stopwatch.GetElapsedTime(_start);
        if (looked >= longest)
            return false;
        if (looked < Selfish)
        {
            Thread.SpinWait(SpinsBetweenLooks);
            return true;
        }
        _ = Thread.Yield();
        return Stopwatch.GetElapsedTime(_start) - looked < Crowded;
    }
}
