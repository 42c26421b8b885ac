namespace Shoal.Cli.Compare;

/// <summary>Work that is done by a plain loop and then, by every verb, with every pool.</summary>
/// <param name="Name">The word of the command line.</param>
/// <param name="Title">One line for people about the work and its sizes.</param>
/// <param name="Size">The items of the whole work.</param>
/// <param name="Values">The values in an item, where that is part of its size.</param>
/// <param name="Loop">The plain loop over that many of the first items.</param>
/// <param name="Verbs">The same with a pool.</param>
internal sealed record Workload(string Name, string Title, int Size, int? Values, Func<int, CancellationToken, int[]> Loop, IReadOnlyList<Verb> Verbs);

/// <summary>One verb of the pool over the items of a workload.</summary>
/// <param name="Name">Its name in C#, in camel case.</param>
/// <param name="Size">How many of the first items it runs.</param>
/// <param name="Run">Runs them and returns what came back, in order.</param>
internal sealed record Verb(string Name, int Size, Func<Pool, CancellationToken, int[]> Run)
{
    /// <summary>What has to come back, from the results of the loop over the same items: these themselves, but for verbs that return something else.</summary>
    public Func<int[], int[]> Expect { get; init; } = static results => results;
}
