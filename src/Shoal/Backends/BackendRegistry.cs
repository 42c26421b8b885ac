using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Shoal.Calls;
using Shoal.Dispatch;
using Shoal.Processes;
using Shoal.Serial;
using Shoal.Threads;

namespace Shoal.Backends;

/// <summary>The back ends that <see cref="Pool.Open"/> knows by name.</summary>
/// <remarks>Thread-safe. An assembly named <c>Shoal.Xyz</c> that registers scheme <c>xyz</c> in a module initializer is found without further ado.</remarks>
[Experimental("SHOAL001")]
public static class BackendRegistry
{
    private static readonly Lock Gate = new();

    private static readonly Dictionary<string, Entry> Entries = new(StringComparer.Ordinal)
    {
        ["serial"] = new(["serial", "serial:strict"], Counted: false, OpenSerial, SerialHost.SerialTraits),
        ["auto"] = new(["auto"], Counted: false, (_, options) => Threaded("auto", options, probes: true), ThreadBackend.ThreadTraits),
        ["threads"] = new(["threads", "threads:N"], Counted: true, (_, options) => Threaded("threads", options, probes: false), ThreadBackend.ThreadTraits),
        ["processes"] = new(["processes", "processes:N"], Counted: true, (_, options) => Dispatched(new ProcessBackend(options), options), ProcessBackend.ProcessTraits),
    };

    /// <summary>The forms that <see cref="Pool.Open"/> takes, such as <c>threads:N</c>.</summary>
    public static IReadOnlyList<string> Forms
    {
        get
        {
            lock (Gate)
                return [.. Entries.Values.SelectMany(entry => entry.Forms)];
        }
    }

    /// <summary>Adds a back end.</summary>
    /// <param name="scheme">The word before the colon, in lower case.</param>
    /// <param name="forms">How specs with it look, for messages.</param>
    /// <param name="create">Makes the back end from what follows the colon, or none, and the options.</param>
    public static void Register(string scheme, IReadOnlyList<string> forms, Func<string?, PoolOptions, IBackend> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(forms);
        ArgumentNullException.ThrowIfNull(create);
        lock (Gate)
            Entries[scheme] = new(forms, Counted: false, (argument, options) => Dispatched(create(argument, options), options));
    }

    internal static Entry? Find(string scheme)
    {
        lock (Gate)
        {
            if (Entries.TryGetValue(scheme, out var entry))
                return entry;
        }

        return Load(scheme) && Entries.TryGetValue(scheme, out var loaded) ? loaded : null;
    }

    internal static ICallHost Dispatched(IBackend backend, PoolOptions options)
        => new Driver(backend, new DispatchSettings
        {
            Scheme = backend.Scheme,
            Workers = options.WorkersOrDefault,
            EagerStart = true,
            WaitsForStragglers = backend.Traits.InProcess,
            SendsAhead = backend.Traits.SendsAhead,
            TakesBack = backend.Traits.GivesBack,
            Grace = options.Grace.Ticks,
            TasksPerWorker = options.TasksPerWorker ?? 0,
            IdleTimeout = options.IdleTimeout?.Ticks ?? 0,
        });

    private static Driver Threaded(string scheme, PoolOptions options, bool probes)
    {
        var backend = new ThreadBackend(options);
        var settings = new DispatchSettings
        {
            Scheme = scheme,
            Workers = options.WorkersOrDefault,
            WaitsForStragglers = true,
            TakesBack = true,
            Probes = probes,
            Grace = options.Grace.Ticks,
            IdleTimeout = options.IdleTimeout?.Ticks ?? 0,
            BatchTime = Constants.BatchTimeInProcess,
        };
        return new Driver(backend, settings, () => backend.CallerLane);
    }

    private static SerialHost OpenSerial(string? argument, PoolOptions options)
        => argument switch
        {
            null => new SerialHost((job, lane, control) => new SerialLoop(job, lane, control), options.Initializer, options.Nested),
            "strict" => new SerialHost((job, lane, control) => new StrictLoop(job, lane, control), options.Initializer, options.Nested, strict: true),
            _ => throw new ArgumentException($"Pool 'serial:{argument}': '{argument}' is no kind of serial pool. Valid are: serial, serial:strict."),
        };

    private static bool Load(string scheme)
    {
        try
        {
            var name = string.Concat("Shoal.", char.ToUpperInvariant(scheme[0]).ToString(), scheme.AsSpan(1));
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(new AssemblyName(name)).ManifestModule.ModuleHandle);
            return true;
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return false;
        }
    }

    /// <summary>One scheme.</summary>
    /// <param name="Forms">How its specs look.</param>
    /// <param name="Counted">Whether a number of workers may follow the colon.</param>
    /// <param name="Open">Makes what runs the calls.</param>
    /// <param name="Traits">What it can; none where the back end looks at the options itself.</param>
    internal sealed record Entry(IReadOnlyList<string> Forms, bool Counted, Func<string?, PoolOptions, ICallHost> Open, BackendTraits? Traits = null);
}
