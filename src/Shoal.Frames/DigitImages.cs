namespace Shoal.Frames;

/// <summary>Grey images of handwritten digits, 28×28 pixels each, with their labels.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class DigitImages
{
    /// <summary>The height and the width of an image in pixels.</summary>
    public const int Side = 28;

    /// <summary>The number of pixels of an image.</summary>
    public const int Size = Side * Side;

    /// <summary>The number of classes: the digits 0 to 9.</summary>
    public const int Classes = 10;

    private readonly ReadOnlyMemory<byte> _labels;

    /// <summary>Images over the given bytes, which are not copied.</summary>
    /// <param name="pixels">Shape (count, 28, 28), row-major: 0 background to 255 stroke.</param>
    /// <param name="labels">Shape (count): 0 to 9.</param>
    /// <exception cref="ArgumentException">The numbers of images and labels differ.</exception>
    public DigitImages(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<byte> labels)
    {
        if (pixels.Length != (long)labels.Length * Size)
            throw new ArgumentException($"{labels.Length} labels need {(long)labels.Length * Size} pixels ({Size} each), got {pixels.Length}.", nameof(pixels));

        Pixels = pixels;
        _labels = labels;
    }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>All pixels, shape (count, 28, 28), row-major: 0 background to 255 stroke.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The labels, shape (count): 0 to 9.</summary>
    public ReadOnlySpan<byte> Labels => _labels.Span;

    /// <summary>The pixels of one image, shape (28, 28), row-major: 0 background to 255 stroke.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<byte> Image(int index) => Pixels.Span.Slice(checked(index * Size), Size);

    /// <summary>The pixels of some images as a network takes them: divided by 255, shape (count, 28, 28, 1).</summary>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    public float[] Intensities(int start, int count)
    {
        var bytes = Pixels.Span.Slice(checked(start * Size), checked(count * Size));
        var intensities = new float[bytes.Length];
        for (var pixel = 0; pixel < bytes.Length; pixel++)
            intensities[pixel] = bytes[pixel] / 255f;
        return intensities;
    }

    /// <summary>Some of the images, in order, over the same bytes.</summary>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    public DigitImages Slice(int start, int count) =>
        new(Pixels.Slice(checked(start * Size), checked(count * Size)), _labels.Slice(start, count));
}
