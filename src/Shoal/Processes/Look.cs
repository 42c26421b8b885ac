using System.Diagnostics;

namespace Shoal.Processes;

/// <summary>Looking for something that another core writes, for a while, before going to sleep for it.</summary>
/// <param name="longest">How long.</param>
internal struct Look(TimeSpan longest)
{
    private const int SpinsBetweenLooks = 20;

    // From here on whoever else wants this core gets it: perhaps it is the one that is waited for.
    private static readonly TimeSpan Selfish = TimeSpan.FromMicroseconds(20);

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
            Thread.SpinWait(SpinsBetweenLooks);
        else
            _ = Thread.Yield();
        return true;
    }
}
