using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Shoal.Learning;

/// <summary>The sizes of one sample, without the batch: <c>[28, 28, 1]</c> for an image of 28 rows, 28 columns and one channel.</summary>
/// <remarks>Immutable, equal by value, thread-safe. Written as a collection expression: <c>Shape input = [28, 28, 1]</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[] _sizes;

    /// <summary>A shape of these sizes.</summary>
    /// <param name="sizes">At least one, each 1 or more, with a product below 2³¹.</param>
    /// <exception cref="ArgumentException">A size is below 1, there is none, or the product is too large.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.IsEmpty)
            throw new ArgumentException("A shape needs at least one size, as in [784] or [28, 28, 1].");
        var product = 1L;
        foreach (var size in sizes)
        {
            product *= size;
            if (size < 1 || product > int.MaxValue)
                throw new ArgumentException($"Shape {Format(sizes, "")} is not valid: each size must be 1 or more and their product below 2^31.");
        }

        _sizes = sizes.ToArray();
        Size = (int)product;
    }

    /// <summary>The product of all sizes: the values of one sample.</summary>
    public int Size { get; }

    /// <summary>How many sizes there are.</summary>
    public int Count => _sizes.Length;

    /// <summary>The size of one axis, counted from 0.</summary>
    public int this[int index] => _sizes[index];

    /// <summary>What a collection expression calls.</summary>
    public static Shape Create(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>As Keras prints a layer's output: <c>(None, 28, 28, 1)</c>.</summary>
    public string WithBatch() => Format(_sizes, "None, ");

    /// <inheritdoc/>
    public override string ToString() => Format(_sizes, "");

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in _sizes)
            hash.Add(size);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Format(ReadOnlySpan<int> sizes, string before)
    {
        var parts = new string[sizes.Length];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = sizes[i].ToString(CultureInfo.InvariantCulture);
        return $"({before}{string.Join(", ", parts)})";
    }
}
