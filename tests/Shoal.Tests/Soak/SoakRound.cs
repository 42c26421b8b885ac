using Shoal.Processes;
using Shoal.Tests.Processes;

namespace Shoal.Tests.Soak;

/// <summary>Two pools, some callers and one who kills, for some seconds; then the end of the pools in one of its ways.</summary>
internal sealed class SoakRound : IDisposable
{
    public const string Tag = "SHOAL_TEST_SOAK";
    private const int Callers = 4;

    private readonly HashSet<int> _seen = [];
    private readonly Random _random;
    private readonly SoakCounts _counts;
    private readonly string _tag;
    private readonly SoakCaller[] _callers;
    private bool _mayHaveStarted;
    private volatile bool _over;
    private volatile bool _ending;

    public SoakRound(int seed, string transport, string tag, SoakCounts counts)
    {
        _random = new Random(seed);
        _counts = counts;
        _tag = tag;
        Processes = Pool.Processes(new PoolOptions
        {
            Workers = _random.Next(1, 4),
            Grace = TimeSpan.FromMilliseconds(100),
            Environment = new Dictionary<string, string?> { [Transport.Variable] = transport, [Tag] = tag },
        });
        Threads = Pool.Threads(new PoolOptions { Workers = _random.Next(1, 4), Grace = TimeSpan.FromSeconds(20) });
        _callers = [.. Enumerable.Range(0, Callers).Select(_ => new SoakCaller(this, _random.Next(), counts))];
        counts.Pools += 2;
    }

    public Pool Processes { get; }

    public Pool Threads { get; }

    /// <summary>Whether callers make no more calls.</summary>
    public bool Over => _over;

    /// <summary>Whether the pools are terminated under open calls.</summary>
    public bool Ending => _ending;

    /// <summary>A worker said that it runs.</summary>
    public void Seen(int process)
    {
        if (process == Environment.ProcessId)
            return;
        lock (_seen)
            _seen.Add(process);
    }

    /// <summary>Runs for a while.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="limit">How long one call may take.</param>
    public void Run(TimeSpan duration, TimeSpan limit)
    {
        Task[] calling = [.. _callers.Select(caller => Task.Factory.StartNew(caller.Run, TaskCreationOptions.LongRunning))];
        var until = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        while (Environment.TickCount64 < until && !calling.Any(task => task.IsFaulted))
        {
            Thread.Sleep(_random.Next(50, 500));
            Kill();
            ThrowIfStuck(limit);
        }

        if (_random.Next(3) == 0)
        {
            _ending = true;
            Processes.Terminate();
            Threads.Terminate();
        }

        _over = true;
        while (!Task.WaitAll(calling, TimeSpan.FromSeconds(1)))
            ThrowIfStuck(limit);
    }

    public void Dispose()
    {
        Processes.Dispose();
        Threads.Dispose();
    }

    // Mostly one that is known to run; now and then one that may be starting, never two in a row: three starts in vain break a pool, as they should.
    private void Kill()
    {
        int[] alive;
        lock (_seen)
            alive = [.. _seen.Where(process => TestBackend.IsAlive(process))];
        var mayBeStarting = !_mayHaveStarted && _random.Next(10) == 0;
        if (mayBeStarting)
            alive = [.. SoakTraces.ProcessesWith($"{Tag}={_tag}")];
        if (alive.Length > 0)
            _mayHaveStarted = mayBeStarting;
        if (alive.Length > 0 && Posix.Kill(alive[_random.Next(alive.Length)], Posix.SigKill) == 0)
            _counts.Kills++;
    }

    private void ThrowIfStuck(TimeSpan limit)
    {
        foreach (var (what, time) in _callers.Select(caller => caller.Doing))
        {
            if (time > limit)
                throw new TimeoutException($"a call takes {time}: {what}; processes: {Processes.Report}; threads: {Threads.Report}");
        }
    }
}
