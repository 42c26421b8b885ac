using System.Runtime.ExceptionServices;

namespace Shoal.Calls;

/// <summary>The function of <c>Reduce</c>: maps the items of a block and combines them from left to right.</summary>
/// <param name="map">The user's function on an item; without its delegate in the copy that travels.</param>
/// <param name="combine">How two are combined.</param>
internal sealed class BlockFunction<T, A>(Function<T, A> map, Func<A, A, A>? combine) : Function<T[], A>
{
    // Both of the user's functions travel as one: bound to an object that holds them.
    public override Delegate Target => new Func<(Delegate, Delegate)>(new ReduceFunctions(map.Target, combine!).Both);

    public override bool TakesContext => map.TakesContext;

    public override bool Awaits => map.Awaits;

    public override Function<T[], A> With(Delegate? target)
        => target?.Target is ReduceFunctions both
            ? new BlockFunction<T, A>(map.With(both.Map), (Func<A, A, A>)both.Combine)
            : new BlockFunction<T, A>(map.With(null), null);

    public override A Invoke(T[] block, ItemContext? context)
    {
        var first = (context?.Index ?? 0) * Reduction.BlockSize;
        var sum = map.Invoke(block[0], context?.At(first));
        for (var i = 1; i < block.Length; i++)
            sum = combine!(sum, map.Invoke(block[i], context?.At(first + i)));
        return sum;
    }
}

/// <summary>The two functions of a <c>Reduce</c>.</summary>
internal sealed class ReduceFunctions(Delegate map, Delegate combine)
{
    public Delegate Map { get; } = map;

    public Delegate Combine { get; } = combine;

    /// <summary>The method by which the pair travels: as the object that a delegate is bound to.</summary>
    public (Delegate Map, Delegate Combine) Both() => (Map, Combine);
}

/// <summary>The order in which <c>Reduce</c> combines: it decides the result's bits, and is fixed.</summary>
internal static class Reduction
{
    /// <summary>How many items are combined from left to right. Part of Shoal's contract: another size is another result.</summary>
    public const int BlockSize = 64;

    /// <summary>The items in blocks; where the input throws, what it gave before comes first.</summary>
    public static IEnumerable<T[]> Blocks<T>(IEnumerable<T> items)
    {
        using var input = items.GetEnumerator();
        while (true)
        {
            var block = new T[BlockSize];
            var (count, error) = (0, (Exception?)null);
            try
            {
                while (count < BlockSize && input.MoveNext())
                    block[count++] = input.Current;
            }
            catch (Exception thrown)
            {
                error = thrown;
            }

            if (count > 0)
                yield return count == BlockSize ? block : block[..count];
            if (error is not null)
                ExceptionDispatchInfo.Throw(error);
            if (count < BlockSize)
                yield break;
        }
    }

    /// <summary>Combines the blocks by a binary tree over their numbers: 2k with 2k + 1, again and again; one without a neighbour goes up as it is.</summary>
    public static A Combine<A>(A[] blocks, A empty, Func<A, A, A> combine)
    {
        if (blocks.Length == 0)
            return empty;
        for (var count = blocks.Length; count > 1; count = (count + 1) / 2)
        {
            for (var k = 0; 2 * k < count; k++)
                blocks[k] = 2 * k + 1 < count ? combine(blocks[2 * k], blocks[2 * k + 1]) : blocks[2 * k];
        }

        return blocks[0];
    }
}
