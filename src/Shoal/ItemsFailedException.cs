using System.Globalization;

namespace Shoal;

/// <summary>One item that failed.</summary>
/// <param name="Index">Its position in the input.</param>
/// <param name="Error">What it threw.</param>
public readonly record struct ItemFailure(long Index, Exception Error);

/// <summary>Items of a call with <see cref="OnFailure.Collect"/> failed; all others ran.</summary>
/// <remarks>The inner exception is that of the lowest item, which <see cref="OnFailure.Stop"/> would have thrown.</remarks>
public sealed class ItemsFailedException : ShoalException
{
    private const int Shown = 3;

    internal ItemsFailedException(IEnumerable<ItemFailure> failures)
        : this([.. failures.OrderBy(failure => failure.Index)])
    {
    }

    private ItemsFailedException(ItemFailure[] failures)
        : base(Describe(failures), failures[0].Error) => Failures = failures;

    /// <summary>The items that failed, in input order.</summary>
    public IReadOnlyList<ItemFailure> Failures { get; }

    /// <summary>The results in input order, as the verb would have returned them: an <c>R[]</c> with <c>default</c> in the places of the items that failed; empty for <c>ForEach</c>.</summary>
    public Array Results { get; internal set; } = Array.Empty<object>();

    private static string Describe(ItemFailure[] failures)
    {
        var shown = failures.Take(Shown).Select(failure => string.Create(CultureInfo.InvariantCulture, $"item {failure.Index} ({failure.Error.GetType().Name}: {failure.Error.Message})"));
        var more = failures.Length > Shown ? ", …" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{failures.Length} {(failures.Length == 1 ? "item" : "items")} failed: {string.Join(", ", shown)}{more}. Failures holds all of them, Results what the others returned.");
    }
}
