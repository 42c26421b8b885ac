namespace Shoal.TestSupport;

/// <summary>Comparisons of long sequences, a thousand times as fast as <c>ShouldBe</c>, which looks at each pair of elements by reflection.</summary>
internal static class LongSequences
{
    /// <summary>Both have equal elements in the same order; otherwise the first place where they differ is told.</summary>
    public static void ShouldEqual<T>(this IEnumerable<T> actual, IEnumerable<T> expected)
    {
        if (FirstDifference([.. actual], [.. expected]) is { } difference)
            throw new ShouldAssertException(difference);
    }

    /// <summary>As <see cref="ShouldEqual{T}"/> for sequences of sequences, each of which may be null.</summary>
    public static void ShouldEqualEach<T>(this IEnumerable<IEnumerable<T>?> actual, IEnumerable<IEnumerable<T>?> expected)
    {
        IEnumerable<T>?[] found = [.. actual], wanted = [.. expected];
        found.Length.ShouldBe(wanted.Length);
        for (var i = 0; i < found.Length; i++)
        {
            (found[i] is null).ShouldBe(wanted[i] is null, $"at {i}");
            if (found[i] is { } one && FirstDifference([.. one], [.. wanted[i]!]) is { } difference)
                throw new ShouldAssertException($"at {i}: {difference}");
        }
    }

    private static string? FirstDifference<T>(T[] actual, T[] expected)
    {
        var same = actual.AsSpan().CommonPrefixLength(expected);
        if (same == actual.Length && same == expected.Length)
            return null;
        return same == actual.Length || same == expected.Length
            ? $"{actual.Length} elements instead of {expected.Length}"
            : $"[{same}] is {actual[same]} instead of {expected[same]}";
    }
}
