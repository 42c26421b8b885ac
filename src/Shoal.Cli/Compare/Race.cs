namespace Shoal.Cli.Compare;

/// <summary>
/// Measures one workload: the plain loop, then every verb with every pool, in turn, round after round. What disturbs the machine for a
/// while then disturbs all of them, and the loop is measured in the same minute as what is compared with it.
/// </summary>
internal sealed class Race : IDisposable
{
    public const string Loop = "loop";
    public const string Serial = "serial";

    private readonly Workload _workload;
    private readonly List<OpenPool> _pools = [];
    private readonly List<Entrant> _entrants = [];
    private readonly Dictionary<int, Entrant> _loops = [];

    private Race(Workload workload) => _workload = workload;

    /// <summary>Runs the workload.</summary>
    /// <param name="workload">The work.</param>
    /// <param name="pools">The specs of the pools.</param>
    /// <param name="explained">Is told, pool by pool, where its time went.</param>
    /// <param name="progress">Is told what is being done, and how much of it all is done, from 0 to 1.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>A row for the loop of each size, then one for each verb of each pool.</returns>
    public static IReadOnlyList<CompareRow> Run(
        Workload workload, IEnumerable<string> pools, Action<string> explained, Action<string, double> progress, CancellationToken cancel)
    {
        using var race = new Race(workload);
        race.Enter(pools, progress, cancel);
        race.Measure(progress, cancel);
        foreach (var pool in race._pools)
            explained(pool.Pool.Explain());
        return [.. race._entrants.Select(race.Row)];
    }

    public void Dispose()
    {
        foreach (var pool in _pools)
            pool.Dispose();
    }

    private void Enter(IEnumerable<string> pools, Action<string, double> progress, CancellationToken cancel)
    {
        // The loop over the whole first: what it gives is what all must give.
        foreach (var size in _workload.Verbs.Select(verb => verb.Size).Append(_workload.Size).Distinct().OrderDescending())
            _entrants.Add(_loops[size] = new Entrant(Loop, size, null, token => _workload.Loop(size, token)));
        foreach (var spec in pools.Distinct())
        {
            progress($"starting {spec}", 0);
            var pool = OpenPool.Open(spec, cancel);
            _pools.Add(pool);
            _entrants.AddRange(_workload.Verbs.Select(verb => new Entrant(verb.Name, verb.Size, pool, token => verb.Run(pool.Pool, token), verb.Expect)));
        }
    }

    private void Measure(Action<string, double> progress, CancellationToken cancel)
    {
        progress(Loop, 0);
        var expected = _workload.Loop(_workload.Size, cancel);
        var steps = 2.0 * _entrants.Count;
        for (var i = 0; i < _entrants.Count; i++)
        {
            progress(Name(_entrants[i]), i / steps);
            cancel.ThrowIfCancellationRequested();
            _entrants[i].Prepare(expected, cancel);
        }

        while (_entrants.Count(entrant => entrant.Done) is var done && done < _entrants.Count)
        {
            foreach (var entrant in _entrants.Where(entrant => !entrant.Done))
            {
                progress(Name(entrant), (_entrants.Count + done) / steps);
                cancel.ThrowIfCancellationRequested();
                entrant.Run(expected, cancel);
            }
        }
    }

    private CompareRow Row(Entrant entrant)
    {
        var workers = entrant.Pool?.Pool.Workers ?? 1;
        var speedup = _loops[entrant.Size].Median / entrant.Median;
        return new CompareRow
        {
            Workload = _workload.Name,
            Verb = entrant.Verb,
            Size = entrant.Size,
            Of = entrant.Size == _workload.Size ? null : _workload.Size,
            Values = _workload.Values,
            Pool = entrant.Pool?.Pool.Spec ?? Serial,
            Workers = workers,
            StartSeconds = entrant.Pool?.StartSeconds,
            Seconds = entrant.Median,
            FastestSeconds = entrant.Fastest,
            SlowestSeconds = entrant.Slowest,
            Runs = entrant.Runs,
            Speedup = speedup,
            Efficiency = speedup / workers,
            Identical = entrant.Identical,
        };
    }

    private static string Name(Entrant entrant) => entrant.Pool is { } pool ? $"{entrant.Verb}, {pool.Pool.Spec}" : entrant.Verb;
}
