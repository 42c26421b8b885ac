namespace Shoal.Frames.Internal;

/// <summary>
/// Draws digits as people's hands differ: a style, control points that wander, then slant, turn, size, place, thickness, ink, stray marks and noise.
/// </summary>
/// <remarks>
/// Pixels come from sums, products, quotients and square roots alone, which are exact to the bit everywhere; the platform's sine is not.
/// The spreads are such that the nearest class mean gets less than 0.85 of a test part while a convolutional network passes 0.90 (both are tests).
/// </remarks>
internal static class SyntheticDigits
{
    private const uint TrainPart = 0;
    private const uint TestPart = 1;
    private const int StepsOfCurve = 6;
    private const int LargestThreads = 16;

    public static Digits Draw(ulong seed, int train, int test, CancellationToken cancel) => new()
    {
        Name = Digits.SyntheticName,
        Train = DrawPart(seed, TrainPart, train, cancel),
        Test = DrawPart(seed, TestPart, test, cancel),
    };

    private static DigitImages DrawPart(ulong seed, uint part, int count, CancellationToken cancel)
    {
        var pixels = new byte[checked(count * DigitImages.Size)];
        var labels = new byte[count];
        var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, LargestThreads) };
        Parallel.For(0, count, options, () => new Canvas(), (index, _, canvas) =>
        {
            labels[index] = DrawOne(seed, part, index, canvas, pixels.AsSpan(index * DigitImages.Size, DigitImages.Size));
            return canvas;
        }, _ => { });
        return new DigitImages(pixels, labels);
    }

    private static byte DrawOne(ulong seed, uint part, int index, Canvas canvas, Span<byte> pixels)
    {
        var random = new DrawingRandom(seed, part, index);
        var label = random.Choose(DigitImages.Classes);
        var styles = DigitStrokes.Styles[label];
        var strokes = styles[random.Choose(styles.Count)];

        canvas.Clear();
        var placing = Placing.Draw(ref random);
        var radius = random.Between(0.7, 1.9);
        var softness = random.Between(0.8, 1.5);
        var ink = random.Between(0.7, 1.0);
        Span<(double X, double Y)> points = stackalloc (double X, double Y)[16];
        foreach (var stroke in strokes)
        {
            for (var point = 0; point < stroke.Points.Length; point++)
            {
                var (x, y) = stroke.Points[point];
                points[point] = placing.Apply(x + random.About(0.075), y + random.About(0.075));
            }

            DrawStroke(canvas, stroke.Curved, points[..stroke.Points.Length], radius, softness, ink);
        }

        DrawStrayMarks(canvas, ref random);
        canvas.CopyTo(pixels, noise: random.Between(0, 0.25), ref random);
        return (byte)label;
    }

    private static void DrawStroke(Canvas canvas, bool curved, ReadOnlySpan<(double X, double Y)> points, double radius, double softness, double ink)
    {
        for (var piece = 0; piece + 1 < points.Length; piece++)
        {
            var (from, to) = (points[piece], points[piece + 1]);
            if (!curved)
            {
                canvas.DrawLine(from, to, radius, softness, ink);
                continue;
            }

            var before = points[Math.Max(piece - 1, 0)];
            var after = points[Math.Min(piece + 2, points.Length - 1)];
            var last = from;
            for (var step = 1; step <= StepsOfCurve; step++)
            {
                var t = step / (double)StepsOfCurve;
                var next = (CatmullRom(before.X, from.X, to.X, after.X, t), CatmullRom(before.Y, from.Y, to.Y, after.Y, t));
                canvas.DrawLine(last, next, radius, softness, ink);
                last = next;
            }
        }
    }

    /// <summary>The cubic through <paramref name="from"/> and <paramref name="to"/> of E. Catmull and R. Rom, "A class of local interpolating splines", 1974.</summary>
    private static double CatmullRom(double before, double from, double to, double after, double t) =>
        0.5 * (2 * from + (to - before) * t + (2 * before - 5 * from + 4 * to - after) * t * t + (3 * from - before - 3 * to + after) * t * t * t);

    private static void DrawStrayMarks(Canvas canvas, ref DrawingRandom random)
    {
        for (var marks = random.Choose(4); marks > 0; marks--)
        {
            var from = (X: random.Between(1, 27), Y: random.Between(1, 27));
            var to = (from.X + random.About(7), from.Y + random.About(7));
            canvas.DrawLine(from, to, random.Between(0.1, 0.6), 0.8, random.Between(0.2, 0.7));
        }
    }
}
