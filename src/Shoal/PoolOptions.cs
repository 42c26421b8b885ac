using System.Globalization;
using Shoal.Backends;

namespace Shoal;

/// <summary>What is fixed when a pool opens. Immutable; what a back end cannot keep is refused when the pool opens.</summary>
public sealed record PoolOptions
{
    /// <summary>How many workers run at once.</summary>
    /// <value>The number of processors that the program may use. More than that is allowed.</value>
    public int? Workers { get; init; }

    /// <summary>Runs once in each worker before its first item, and in each worker that replaces one.</summary>
    /// <value>None. Where it throws, the pool is broken and every call fails with that exception.</value>
    public Action? Initializer { get; init; }

    /// <summary>Environment variables of the workers, beside those that they inherit; a null removes one. Worker processes only.</summary>
    /// <value>None.</value>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>How long work that was told to stop may take until it is ended by force.</summary>
    /// <value>2 seconds. After Ctrl-C and <see cref="Pool.Terminate"/> 0.2 seconds.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    internal int WorkersOrDefault => Workers ?? System.Environment.ProcessorCount;

    internal PoolOptions Validated()
    {
        var problems = Problems();
        return problems.Count == 0 ? this : throw new ArgumentException(Message(problems));
    }

    internal PoolOptions ValidatedFor(string scheme, BackendTraits traits)
    {
        var problems = Problems();
        if (Environment is not null && traits.InProcess)
            problems.Add($"Environment cannot be kept by '{scheme}', whose functions run in the program itself; use Pool.Processes");
        return problems.Count == 0 ? this : throw new ArgumentException(Message(problems));
    }

    private List<string> Problems()
    {
        var problems = new List<string>();
        if (Workers is < 1)
            problems.Add($"Workers must be 1 or more (was {Workers})");
        if (Grace < TimeSpan.Zero)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"Grace must not be negative (was {Grace})"));
        foreach (var name in Environment?.Keys ?? [])
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
                problems.Add($"Environment has the name '{name}', which no variable can have");
        }

        return problems;
    }

    private static string Message(List<string> problems) => $"PoolOptions is not valid: {string.Join("; ", problems)}.";
}
