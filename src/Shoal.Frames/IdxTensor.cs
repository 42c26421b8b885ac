namespace Shoal.Frames;

/// <summary>A tensor of bytes of any rank, as an IDX file holds it.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class IdxTensor
{
    /// <summary>A tensor over the given values, which are not copied.</summary>
    /// <param name="shape">The lengths of its dimensions, the slowest first; empty for a single value.</param>
    /// <param name="values">The values, row-major.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of <paramref name="shape"/>.</exception>
    public IdxTensor(IReadOnlyList<int> shape, ReadOnlyMemory<byte> values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var product = shape.Aggregate(1L, (count, length) => checked(count * length));
        if (product != values.Length)
            throw new ArgumentException($"{values.Length} values do not fill the shape ({string.Join(", ", shape)}), which has {product}.", nameof(values));

        Shape = [.. shape];
        Values = values;
    }

    /// <summary>The lengths of the dimensions, the slowest first: <c>(count, rows, columns)</c> for images, <c>(count)</c> for labels.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values, row-major.</summary>
    public ReadOnlyMemory<byte> Values { get; }
}
