namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>A chain of additions from +0 over the window's pixels inside the image, row-major, divided by their number.</summary>
    internal static void AveragePoolForward(PoolShape s, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var at = 0; at < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; at++)
        {
            var (first, rows, columns) = Window(s, at);
            var sum = 0f;
            for (var h = 0; h < rows; h++)
            {
                for (var w = 0; w < columns; w++)
                    sum += x[first + (((h * s.Width) + w) * s.Channels)];
            }

            y[at] = sum / (rows * columns);
        }
    }

    /// <summary>Each window, in order, adds its gradient divided by the number of its pixels to each of them.</summary>
    internal static void AveragePoolGradient(PoolShape s, ReadOnlySpan<float> dy, Span<float> dx)
    {
        dx.Clear();
        for (var at = 0; at < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; at++)
        {
            var (first, rows, columns) = Window(s, at);
            var share = dy[at] / (rows * columns);
            for (var h = 0; h < rows; h++)
            {
                for (var w = 0; w < columns; w++)
                    dx[first + (((h * s.Width) + w) * s.Channels)] += share;
            }
        }
    }

    /// <summary>The part of a window that lies in its image: where it begins, its rows and columns.</summary>
    private static (int First, int Rows, int Columns) Window(PoolShape s, int at)
    {
        var (c, column) = (at % s.Channels, at / s.Channels % s.OutputWidth);
        var (row, image) = (at / s.Channels / s.OutputWidth % s.OutputHeight, at / s.Channels / s.OutputWidth / s.OutputHeight);
        var (top, left) = ((row * s.StrideHeight) - s.PadTop, (column * s.StrideWidth) - s.PadLeft);
        var (h0, h1) = (Math.Max(0, top), Math.Min(s.Height, top + s.PoolHeight));
        var (w0, w1) = (Math.Max(0, left), Math.Min(s.Width, left + s.PoolWidth));
        return (((((image * s.Height) + h0) * s.Width) + w0) * s.Channels + c, h1 - h0, w1 - w0);
    }
}
