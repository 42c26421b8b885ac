using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Learning;

/// <summary>Draws a transform for an image and applies it.</summary>
internal sealed class AffineImage
{
    private readonly ImageAugmentation _options;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;

    public AffineImage(ImageAugmentation options, Shape input)
    {
        if (input.Count != 3)
            throw new ArgumentException($"ImageAugmentation needs images of shape (height, width, channels), but the samples have shape {input}. Set Augmentation to null.");
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
    public static void Apply(
        in AffineMatrix matrix, int height, int width, int channels, ReadOnlySpan<float> source, Span<float> destination)
    {
        // Checked here once: clamped coordinates keep every access below inside.
        if (source.Length < height * width * channels || destination.Length < height * width * channels)
            throw new ArgumentException($"An image of ({height}, {width}, {channels}) needs that many values in source and destination.");
        ref var input = ref MemoryMarshal.GetReference(source);
        ref var output = ref MemoryMarshal.GetReference(destination);
        var (lastRow, lastColumn) = (height - 1.0, width - 1.0);
        for (var i = 0; i < height; i++)
        {
            var rowBase = Math.FusedMultiplyAdd(matrix.RowRow, i, matrix.RowShift);
            var columnBase = Math.FusedMultiplyAdd(matrix.ColumnRow, i, matrix.ColumnShift);
            for (var j = 0; j < width; j++)
            {
                var row = Math.Min(Math.Max(Math.FusedMultiplyAdd(matrix.RowColumn, j, rowBase), 0), lastRow);
                var column = Math.Min(Math.Max(Math.FusedMultiplyAdd(matrix.ColumnColumn, j, columnBase), 0), lastColumn);
                var (row0, column0) = ((int)row, (int)column);
                var (down, right) = ((float)(row - row0), (float)(column - column0));
                var above = row0 * width;
                var below = row0 + 1 < height ? above + width : above;
                var next = column0 + 1 < width ? column0 + 1 : column0;
                for (var c = 0; c < channels; c++)
                {
                    var topLeft = Unsafe.Add(ref input, ((above + column0) * channels) + c);
                    var topRight = Unsafe.Add(ref input, ((above + next) * channels) + c);
                    var bottomLeft = Unsafe.Add(ref input, ((below + column0) * channels) + c);
                    var bottomRight = Unsafe.Add(ref input, ((below + next) * channels) + c);
                    var top = MathF.FusedMultiplyAdd(right, topRight - topLeft, topLeft);
                    var bottom = MathF.FusedMultiplyAdd(right, bottomRight - bottomLeft, bottomLeft);
                    Unsafe.Add(ref output, (((i * width) + j) * channels) + c) = MathF.FusedMultiplyAdd(down, bottom - top, top);
                }
            }
        }
    }

    private static double Signed(uint word) => (word * (2.0 / (1UL << 32))) - 1;
}
