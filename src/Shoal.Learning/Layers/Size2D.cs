namespace Shoal.Learning;

/// <summary>Rows and columns of a kernel, window or stride: <c>3</c> and <c>(3, 5)</c> convert to it.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>A square.</summary>
    public static implicit operator Size2D(int side) => FromInt32(side);

    /// <summary>Rows and columns.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>A square.</summary>
    public static Size2D FromInt32(int side) => new(side, side);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Height}x{Width}");

    internal static Size2D AtLeastOne(Size2D size, string owner, string parameter) => size.Height >= 1 && size.Width >= 1
        ? size
        : throw new ArgumentOutOfRangeException(parameter, size, $"{owner}: {parameter} must be 1x1 or more (was {size}).");
}
