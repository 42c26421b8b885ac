namespace Shoal.Frames.Internal;

/// <summary>A grey image that a round pen draws on, with soft edges.</summary>
internal sealed class Canvas
{
    private readonly double[] _ink = new double[DigitImages.Size];

    public void Clear() => Array.Clear(_ink);

    /// <summary>Draws a straight line. A pixel takes the ink of the line where that is more than it has: lines that cross do not add up.</summary>
    /// <param name="from">One end, in pixels from the corner of the image.</param>
    /// <param name="to">The other end.</param>
    /// <param name="radius">Half the line's width.</param>
    /// <param name="softness">The width of the edge, over which the ink falls to nothing.</param>
    /// <param name="ink">0 to 1.</param>
    public void DrawLine((double X, double Y) from, (double X, double Y) to, double radius, double softness, double ink)
    {
        var reach = radius + softness;
        var left = ToPixel(Math.Min(from.X, to.X) - reach);
        var right = ToPixel(Math.Max(from.X, to.X) + reach);
        var top = ToPixel(Math.Min(from.Y, to.Y) - reach);
        var bottom = ToPixel(Math.Max(from.Y, to.Y) + reach);
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squared = dx * dx + dy * dy;

        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (px, py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
                var along = squared > 0 ? Math.Clamp((px * dx + py * dy) / squared, 0, 1) : 0;
                var (ox, oy) = (px - along * dx, py - along * dy);
                var covered = Math.Clamp((reach - Math.Sqrt(ox * ox + oy * oy)) / softness, 0, 1);
                ref var pixel = ref _ink[y * DigitImages.Side + x];
                pixel = Math.Max(pixel, ink * covered);
            }
        }
    }

    /// <summary>Writes the image as bytes, with noise on every pixel.</summary>
    public void CopyTo(Span<byte> pixels, double noise, ref DrawingRandom random)
    {
        for (var pixel = 0; pixel < pixels.Length; pixel++)
        {
            var grey = _ink[pixel] + random.About(noise);
            pixels[pixel] = (byte)(Math.Clamp(grey, 0, 1) * 255 + 0.5);
        }
    }

    private static int ToPixel(double coordinate) => (int)Math.Clamp(coordinate, 0, DigitImages.Side - 1);
}
