using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Learning;

/// <summary>Draws a transform for an image and applies it.</summary>
internal sealed class AffineImage
{
    private const int FractionBits = 32;

    private readonly ImageAugmentation _options;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;

    public AffineImage(ImageAugmentation options, Shape input)
    {
        if (input.Count != 3)
        {
            throw new ArgumentException(
                $"ImageAugmentation needs images of shape (height, width, channels), but the samples have shape {input}. Set Augmentation to null.");
        }

        (_options, _height, _width, _channels) = (options, input[0], input[1], input[2]);
    }

    /// <summary>The image of (pass, sample) under its own random transform.</summary>
    /// <param name="key">The key of the random numbers.</param>
    /// <param name="pass">The pass over the data.</param>
    /// <param name="sample">The image's number.</param>
    /// <param name="source">(height, width, channels).</param>
    /// <param name="destination">(height, width, channels).</param>
    public void Apply(ulong key, long pass, int sample, ReadOnlySpan<float> source, Span<float> destination) =>
        Apply(Draw(key, pass, sample), _height, _width, _channels, source, destination);

    public AffineMatrix Draw(ulong key, long pass, int sample)
    {
        var (w0, w1, w2, w3) = Philox.Draw(key, (ulong)sample, (ulong)pass * 2);
        var (w4, w5, _, _) = Philox.Draw(key, (ulong)sample, ((ulong)pass * 2) + 1);
        return AffineMatrix.About(
            _height,
            _width,
            Signed(w0) * _options.RotationDegrees,
            Signed(w1) * _options.HeightShift * _height,
            Signed(w2) * _options.WidthShift * _width,
            Signed(w3) * _options.ShearDegrees,
            Math.FusedMultiplyAdd(Signed(w4), _options.Zoom, 1),
            Math.FusedMultiplyAdd(Signed(w5), _options.Zoom, 1));
    }

    /// <summary>Each output pixel takes the input at the matrix' place: bilinear, coordinates clamped to the image.</summary>
    /// <remarks>
    /// Coordinates are fixed-point with 32 bits behind the point: steps along a row are then exact additions, the clamps and the split into
    /// pixel and fraction a few integer instructions, and the result the same on every machine. The error of a coordinate is below 1e-7.
    /// </remarks>
    public static void Apply(
        in AffineMatrix matrix, int height, int width, int channels, ReadOnlySpan<float> source, Span<float> destination)
    {
        // Checked here once: clamped coordinates keep every access below inside.
        if (source.Length < height * width * channels || destination.Length < height * width * channels)
            throw new ArgumentException($"An image of ({height}, {width}, {channels}) needs that many values in source and destination.");
        var (rowStep, columnStep) = (ToFixed(matrix.RowColumn), ToFixed(matrix.ColumnColumn));
        for (var i = 0; i < height; i++)
        {
            var row = ToFixed(Math.FusedMultiplyAdd(matrix.RowRow, i, matrix.RowShift));
            var column = ToFixed(Math.FusedMultiplyAdd(matrix.ColumnRow, i, matrix.ColumnShift));
            var output = destination.Slice(i * width * channels, width * channels);
            if (channels == 1)
                ApplyGrayRow(row, rowStep, column, columnStep, height, width, ref MemoryMarshal.GetReference(source), output);
            else
                ApplyRow(row, rowStep, column, columnStep, height, width, channels, ref MemoryMarshal.GetReference(source), output);
        }
    }

    private static void ApplyGrayRow(
        long row, long rowStep, long column, long columnStep, int height, int width, ref float source, Span<float> destination)
    {
        var (lastRow, lastColumn) = ((long)(height - 1) << FractionBits, (long)(width - 1) << FractionBits);
        for (var j = 0; j < destination.Length; j++)
        {
            var r = Math.Min(Math.Max(row, 0), lastRow);
            var c = Math.Min(Math.Max(column, 0), lastColumn);
            var (row0, column0) = ((nint)(r >> FractionBits), (nint)(c >> FractionBits));
            ref var above = ref Unsafe.Add(ref source, (row0 * width) + column0);
            ref var below = ref Unsafe.Add(ref above, r < lastRow ? width : 0);
            nint next = c < lastColumn ? 1 : 0;
            destination[j] = Blend(above, Unsafe.Add(ref above, next), below, Unsafe.Add(ref below, next), Fraction(r), Fraction(c));
            row += rowStep;
            column += columnStep;
        }
    }

    private static void ApplyRow(
        long row, long rowStep, long column, long columnStep, int height, int width, int channels, ref float source, Span<float> destination)
    {
        var (lastRow, lastColumn) = ((long)(height - 1) << FractionBits, (long)(width - 1) << FractionBits);
        for (var j = 0; j < destination.Length; j += channels)
        {
            var r = Math.Min(Math.Max(row, 0), lastRow);
            var c = Math.Min(Math.Max(column, 0), lastColumn);
            var (row0, column0) = ((nint)(r >> FractionBits), (nint)(c >> FractionBits));
            ref var above = ref Unsafe.Add(ref source, ((row0 * width) + column0) * channels);
            ref var below = ref Unsafe.Add(ref above, r < lastRow ? width * channels : 0);
            nint next = c < lastColumn ? channels : 0;
            var (down, right) = (Fraction(r), Fraction(c));
            for (var k = 0; k < channels; k++)
            {
                destination[j + k] = Blend(
                    Unsafe.Add(ref above, k), Unsafe.Add(ref above, k + next), Unsafe.Add(ref below, k), Unsafe.Add(ref below, k + next), down, right);
            }

            row += rowStep;
            column += columnStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Blend(float topLeft, float topRight, float bottomLeft, float bottomRight, float down, float right)
    {
        var top = MathF.FusedMultiplyAdd(right, topRight - topLeft, topLeft);
        var bottom = MathF.FusedMultiplyAdd(right, bottomRight - bottomLeft, bottomLeft);
        return MathF.FusedMultiplyAdd(down, bottom - top, top);
    }

    // The upper 24 bits of the fraction: what a float holds exactly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fraction(long coordinate) => (int)((uint)coordinate >> 8) * (1f / (1 << 24));

    private static long ToFixed(double value) => (long)Math.Round(value * (1L << FractionBits));

    private static double Signed(uint word) => Math.FusedMultiplyAdd(word, 2.0 / (1UL << 32), -1);
}
