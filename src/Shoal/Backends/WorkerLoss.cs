using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>How a worker ended.</summary>
[Experimental("SHOAL001")]
public sealed record WorkerLoss
{
    /// <summary>The process that ended, or 0 where it never started.</summary>
    public int ProcessId { get; init; }

    /// <summary>The exit code, where the worker exited by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, where one did.</summary>
    public int? Signal { get; init; }

    /// <summary>What the worker did for which its back end ended it, as sentences; none where it ended otherwise.</summary>
    public string? Cause { get; init; }

    /// <summary>The last lines that it wrote to its standard error.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Whether it ended because <see cref="IBackend.Stop"/> asked for it.</summary>
    public bool Asked { get; init; }

    /// <summary>Why the worker could not start; the pool then fails instead of starting it again.</summary>
    public Exception? StartError { get; init; }
}
