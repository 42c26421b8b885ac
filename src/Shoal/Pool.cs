using System.Globalization;
using Shoal.Backends;
using Shoal.Calls;
using Shoal.Functions;
using Shoal.Reporting;
using Shoal.Serial;

namespace Shoal;

/// <summary>
/// Runs plain functions over items: in the loop, on threads, or in worker processes, with the same results and the same exception as the loop.
/// </summary>
/// <remarks>
/// Results come in input order. If items fail, the exception of the lowest index is thrown, with its own type and stack, as the loop would.
/// Verbs may be called from many threads at once, and from inside callbacks; a verb called from inside an item runs as a loop there, unless <see cref="PoolOptions.Nested"/> is set.
/// Dispose the pool: it waits for what was begun, unless a call failed or was cancelled and its work still runs, which is ended.
/// One that is dropped instead says so on the standard error when it is collected, and its workers end then.
/// </remarks>
public sealed partial class Pool : IDisposable
{
    private readonly ICallHost _host;
    private readonly FunctionOptions _travel;
    private readonly WorkerScope? _home;
    private readonly bool _nested;
    private readonly string _spec;
    private readonly bool _counted;
    private readonly HashSet<CallControl> _streams = [];
    private readonly object _last = new();
    private int _lastRunning;
    private int _loopWorkers;
    private int _calls;
    private int _unclean;
    private int _closed;
    private int _disposed;

    private Pool(string spec, bool counted, int workers, Action? initializer, Func<ICallHost> open)
    {
        _travel = FunctionOptions.For(initializer);
        Initializer = initializer;
        (_spec, _counted, _loopWorkers) = (spec, counted, workers);
        _home = WorkerScope.Here;
        _nested = _home is { Nests: false };
        // Inside a worker every verb is a loop, no threads, no processes, unless its pool was asked for more.
        _host = _nested ? new SerialHost((job, lane, control) => new SerialLoop(job, lane, control), null) : open();
        // Last: what it makes at its first use takes milliseconds, in which workers start.
        OpenPools.Add(this);
    }

    /// <summary>The spec that <see cref="Open"/> would take for this pool, with its number of workers: <c>processes:2</c>.</summary>
    public string Spec => SpecFor(Workers);

    /// <summary>How many workers run at once; while a <see cref="Resize"/> is under way, how many it asked for.</summary>
    public int Workers => _host is IResizable host ? host.Workers : Volatile.Read(ref _loopWorkers);

    /// <summary>What the pool has done so far.</summary>
    public PoolReport Report
    {
        get
        {
            var workers = Workers;
            return _host.Report(new PoolReport { Pool = SpecFor(workers), Workers = workers }) with { CallbackErrors = Callbacks.Errors };
        }
    }

    /// <summary>The <see cref="Report"/> for people: see <see cref="PoolReport.Explain"/>.</summary>
    public string Explain() => Report.Explain();

    internal Action? Initializer { get; }

    internal BackendTraits Traits => _host.Traits;

    internal CallbackQueue Callbacks { get; } = new();

    /// <summary>The spec of the pool.</summary>
    public override string ToString() => Spec;

    // A pool that was opened elsewhere waits for workers that may wait for this one: a loop here cannot hang.
    private bool RunsHere => WorkerScope.Here is { } here && (_nested || here != _home);

    private string SpecFor(int workers) => _counted ? string.Create(CultureInfo.InvariantCulture, $"{_spec}:{workers}") : _spec;
}
