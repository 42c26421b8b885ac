using System.Globalization;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal;

/// <content>Opening a pool.</content>
public sealed partial class Pool
{
    private const string SpecVariable = "SHOAL_POOL";
    private const string DefaultSpec = "auto";

    /// <summary>A pool that is the plain loop on the caller.</summary>
    public static Pool Serial() => Open("serial");

    /// <summary>A pool that starts on the caller and spreads over threads where the measured cost says that it pays.</summary>
    public static Pool Auto() => Open("auto");

    /// <summary>A pool of threads; the caller counts as one of them while it waits in a verb.</summary>
    /// <param name="workers">How many; the number of processors if absent.</param>
    /// <exception cref="ArgumentException"><paramref name="workers"/> is below 1.</exception>
    public static Pool Threads(int? workers = null) => Threads(new PoolOptions { Workers = workers });

    /// <summary>A pool of threads with options.</summary>
    /// <param name="options">What is fixed for the pool.</param>
    /// <exception cref="ArgumentException">An option is not valid, or threads cannot keep it.</exception>
    public static Pool Threads(PoolOptions options) => Open("threads", NotNull(options));

    /// <summary>A pool of worker processes, started from this program without a change to its <c>Main</c>.</summary>
    /// <param name="workers">How many; the number of processors if absent.</param>
    /// <exception cref="ArgumentException"><paramref name="workers"/> is below 1.</exception>
    /// <exception cref="ShoalException">This program cannot start workers; the message names the cure.</exception>
    public static Pool Processes(int? workers = null) => Processes(new PoolOptions { Workers = workers });

    /// <summary>A pool of worker processes with options.</summary>
    /// <param name="options">What is fixed for the pool.</param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="ShoalException">This program cannot start workers; the message names the cure.</exception>
    public static Pool Processes(PoolOptions options) => Open("processes", NotNull(options));

    /// <summary>Opens a pool by its spec: <c>serial</c>, <c>serial:strict</c>, <c>auto</c>, <c>threads</c>, <c>threads:4</c>, <c>processes</c>, <c>processes:4</c>.</summary>
    /// <param name="spec">The spec; if absent the environment variable <c>SHOAL_POOL</c>, and without it <c>auto</c>.</param>
    /// <param name="options">What is fixed for the pool; the defaults if absent.</param>
    /// <exception cref="ArgumentException">The spec or an option is not valid; the message names the valid forms.</exception>
    /// <exception cref="ShoalException">The back end cannot run here; the message names the cure.</exception>
    /// <remarks>For a scheme that is not known, such as <c>mpi</c>, the assembly <c>Shoal.Mpi</c> is loaded if it is there.</remarks>
    public static Pool Open(string? spec = null, PoolOptions? options = null)
    {
        var (text, source) = spec is not null ? (spec, "Pool") : (Environment.GetEnvironmentVariable(SpecVariable), SpecVariable);
        if (string.IsNullOrEmpty(text) && spec is null)
            text = DefaultSpec;
        var colon = text!.IndexOf(':', StringComparison.Ordinal);
        var (scheme, argument) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        options ??= new PoolOptions();
        var entry = IsName(scheme) ? BackendRegistry.Find(scheme) : null;
        if (entry is null)
            throw new ArgumentException(Unknown(source, text, scheme), nameof(spec));
        if (entry.Counted && argument is not null)
        {
            options = WithCount(source, text, argument, entry, options);
            argument = null;
        }

        if (argument is not null && entry.Forms.Count == 1 && entry.Forms[0] == scheme)
            throw new ArgumentException($"{source} '{text}': '{scheme}' takes nothing after the colon. {Valid}", nameof(spec));
        options.ValidatedFor(scheme, entry.Traits);
        ThrowIfTooDeep(scheme);
        var workers = scheme == "serial" ? 1 : options.WorkersOrDefault;
        return new Pool(entry.Counted ? scheme : text, entry.Counted, workers, options.Initializer, () => entry.Open(argument, options));
    }

    private static string Valid => $"Valid are: {string.Join(", ", BackendRegistry.Forms)}.";

    private static void ThrowIfTooDeep(string scheme)
    {
        if (WorkerScope.Here is { Nests: true, Depth: >= WorkerScope.DeepestPool } && scheme != "serial")
        {
            throw new InvalidOperationException(
                $"Pool '{scheme}' cannot be opened here: it would be the {WorkerScope.DeepestPool + 1}th pool inside another one, and {WorkerScope.DeepestPool} is the limit. Open Pool.Serial() here, or leave PoolOptions.Nested out of the pool around it.");
        }
    }

    private static PoolOptions NotNull(PoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options;
    }

    private static bool IsName(string scheme) => scheme.Length > 0 && !scheme.AsSpan().ContainsAnyExceptInRange('a', 'z');

    private static string Unknown(string source, string text, string scheme)
    {
        var package = IsName(scheme)
            ? $" If it is a back end of its own, add its package Shoal.{char.ToUpperInvariant(scheme[0])}{scheme[1..]} to the program."
            : "";
        return $"{source} '{text}': there is no pool '{scheme}'. {Valid}{package}";
    }

    private static PoolOptions WithCount(string source, string text, string argument, BackendRegistry.Entry entry, PoolOptions options)
    {
        if (!int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
        {
            throw new ArgumentException(
                $"{source} '{text}': '{argument}' is no number of workers. Valid are: {string.Join(", ", entry.Forms)} with N 1 or more.", nameof(text));
        }

        if (options.Workers is { } asked && asked != count)
            throw new ArgumentException($"{source} '{text}' asks for {count} workers, PoolOptions.Workers for {asked}. Say it once.", nameof(options));
        return options with { Workers = count };
    }
}
