using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>A range of a call's items: what a worker is handed at once.</summary>
/// <param name="Job">The call whose items these are.</param>
/// <param name="Start">The index of the first item.</param>
/// <param name="Count">How many items, 1 or more.</param>
/// <param name="Attempt">0 for a first run, 1 for the run after a death, and so on.</param>
[Experimental("SHOAL001")]
public readonly record struct Batch(Job Job, long Start, int Count, int Attempt)
{
    /// <summary>Its number, by which <see cref="IBackend.TakeBack"/> asks for it; greater than those of all batches before it.</summary>
    public long Number { get; init; }
}
