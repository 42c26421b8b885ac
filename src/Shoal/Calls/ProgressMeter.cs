using System.Diagnostics;

namespace Shoal.Calls;

/// <summary>Tells the user's progress how far a call is: at most every 50 ms, and at the end. Thread-safe; one report at a time.</summary>
internal sealed class ProgressMeter(IProgress<PoolProgress> progress)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly Lock _gate = new();
    private long _last = Stopwatch.GetTimestamp();
    private long _finished;

    /// <summary>More items are done.</summary>
    public void Add(long count, long? total)
    {
        lock (_gate)
        {
            _finished += count;
            if (Stopwatch.GetElapsedTime(_last) < Pause)
                return;
            progress.Report(new PoolProgress(_finished, total));
            _last = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The call succeeded.</summary>
    public void End(long total)
    {
        lock (_gate)
            progress.Report(new PoolProgress(total, total));
    }
}
