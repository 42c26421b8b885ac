using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>What a back end can do: the columns of the table under the promises of <c>docs/execution.md</c>.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
[Experimental("SHOAL001")]
public sealed record BackendTraits
{
    /// <summary>Functions run in the caller's own process and see its memory.</summary>
    public required bool InProcess { get; init; }

    /// <summary>A crash of a worker hurts the item that it ran, not the program.</summary>
    public required bool SurvivesCrash { get; init; }

    /// <summary>Work that does not stop by itself can be killed.</summary>
    public required bool CanKill { get; init; }

    /// <summary>The number of workers may change while the pool is open: <see cref="Pool.Resize"/>.</summary>
    public bool CanResize { get; init; }

    /// <summary>The thread that waits in a verb works on items too, as worker 0.</summary>
    public bool CallerWorks { get; init; }

    /// <summary>A worker that has a batch may be sent the next one: it goes on without a pause.</summary>
    public bool SendsAhead { get; init; }

    /// <summary>A worker gives up items that it has not begun when another is idle.</summary>
    public bool GivesBack { get; init; }
}
