using System.Globalization;

namespace Shoal;

/// <summary>What is fixed when a <see cref="ChildProcess"/> starts. Immutable.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>What errors call the process.</summary>
    /// <value><c>child-1</c>, <c>child-2</c>, … in the order of their starts.</value>
    public string? Name { get; init; }

    /// <summary>Environment variables of the process, beside those that it inherits; a null removes one.</summary>
    /// <value>None.</value>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>How long the process may take to end after <see cref="ChildProcess.Terminate"/> until it is killed.</summary>
    /// <value>2 seconds. After Ctrl-C 0.2 seconds.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    internal ChildProcessOptions Validated()
    {
        var problems = new List<string>();
        if (Name is not null && string.IsNullOrWhiteSpace(Name))
            problems.Add("Name must not be blank");
        if (Grace < TimeSpan.Zero)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"Grace must not be negative (was {Grace})"));
        foreach (var name in Environment?.Keys ?? [])
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
                problems.Add($"Environment has the name '{name}', which no variable can have");
        }

        return problems.Count == 0 ? this : throw new ArgumentException($"ChildProcessOptions is not valid: {string.Join("; ", problems)}.");
    }
}
