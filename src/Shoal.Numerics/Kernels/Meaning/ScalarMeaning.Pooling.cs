namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>The largest value of each window; a NaN in the window wins.</summary>
    internal static void MaxPoolForward(PoolShape s, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var at = 0; at < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; at++)
            y[at] = x[Winner(s, x, at)];
    }

    /// <summary>Each window, in order, adds its gradient where its first largest value lies.</summary>
    internal static void MaxPoolGradient(PoolShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        dx.Clear();
        for (var at = 0; at < s.Batch * s.OutputHeight * s.OutputWidth * s.Channels; at++)
            dx[Winner(s, x, at)] += dy[at];
    }

    private static int Winner(PoolShape s, ReadOnlySpan<float> x, int at)
    {
        var (c, column) = (at % s.Channels, at / s.Channels % s.OutputWidth);
        var (row, image) = (at / s.Channels / s.OutputWidth % s.OutputHeight, at / s.Channels / s.OutputWidth / s.OutputHeight);
        var winner = -1;
        for (var i = 0; i < s.PoolHeight * s.PoolWidth; i++)
        {
            var h = (row * s.StrideHeight) - s.PadTop + (i / s.PoolWidth);
            var w = (column * s.StrideWidth) - s.PadLeft + (i % s.PoolWidth);
            if (h < 0 || h >= s.Height || w < 0 || w >= s.Width)
                continue;
            var index = (((((image * s.Height) + h) * s.Width) + w) * s.Channels) + c;
            if (winner < 0 || x[index] > x[winner] || (float.IsNaN(x[index]) && !float.IsNaN(x[winner])))
                winner = index;
        }

        return winner;
    }
}
