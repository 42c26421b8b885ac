using System.Diagnostics;

namespace Shoal.Cli.Compare;

/// <summary>A pool that takes part, and how long it took from nothing to its first result.</summary>
internal sealed record OpenPool(Pool Pool, double StartSeconds) : IDisposable
{
    public static OpenPool Open(string spec, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        var pool = Pool.Open(spec);
        try
        {
            pool.Apply(static () => Environment.ProcessId, cancel);
            return new OpenPool(pool, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    public void Dispose() => Pool.Dispose();
}
