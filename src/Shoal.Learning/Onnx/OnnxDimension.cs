using System.Globalization;

namespace Shoal.Learning;

/// <summary>One axis of a declared shape: a fixed size, or a symbol such as <c>N</c> that is the same wherever it stands.</summary>
/// <remarks>Immutable, equal by value. The default is an axis of which nothing is known.</remarks>
/// <param name="Size">The size, or null where the model leaves it open.</param>
/// <param name="Symbol">The name of an open size, or null.</param>
public readonly record struct OnnxDimension(int? Size, string? Symbol)
{
    /// <summary>The size, the symbol, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
