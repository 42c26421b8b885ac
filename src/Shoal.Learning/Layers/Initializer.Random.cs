using Shoal.Numerics;

namespace Shoal.Learning;

public abstract partial record Initializer
{
    /// <summary>All the same value.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(double value) => new ConstantValue((float)value);

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">The least value. <value>−0.05</value></param>
    /// <param name="high">The end, above <paramref name="low"/>. <value>0.05</value></param>
    /// <exception cref="ArgumentException">Not low &lt; high, or one of them is not finite.</exception>
    public static Initializer RandomUniform(double low = -0.05, double high = 0.05) => double.IsFinite(high - low) && low < high
        ? new Range((float)low, (float)high)
        : throw new ArgumentException(FormattableString.Invariant($"Initializer.RandomUniform: low must be below high (were {low} and {high})."));

    /// <summary>Normal.</summary>
    /// <param name="mean">The mean. <value>0</value></param>
    /// <param name="deviation">The standard deviation, from 0 to 1e6. <value>0.05</value></param>
    public static Initializer RandomNormal(double mean = 0, double deviation = 0.05) =>
        new Gaussian(mean, Check.Between(0, 1e6, deviation, $"{nameof(Initializer)}.{nameof(RandomNormal)}", nameof(deviation)));

    /// <summary>Normal, drawn again where more than two standard deviations from the mean.</summary>
    /// <param name="mean">The mean. <value>0</value></param>
    /// <param name="deviation">The standard deviation before the cut, from 0 to 1e6; after it the deviation is 0.8796 of that. <value>0.05</value></param>
    public static Initializer TruncatedNormal(double mean = 0, double deviation = 0.05) =>
        new Truncated(mean, Check.Between(0, 1e6, deviation, $"{nameof(Initializer)}.{nameof(TruncatedNormal)}", nameof(deviation)));

    /// <summary>Two normal numbers from two words, by Box and Muller.</summary>
    private static (double First, double Second) Normals(uint first, uint second)
    {
        // Both in (0, 1), never 0, so that the logarithm is finite.
        var radius = Math.Sqrt(-2 * SpecialFunctions.Log((first + 0.5) / (1L << 32)));
        var angle = (second + 0.5) / (1L << 32) * (2 * Math.PI);
        return (radius * SpecialFunctions.Cos(angle), radius * SpecialFunctions.Sin(angle));
    }

    private sealed record Range(float Low, float High) : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = Math.Min(MathF.FusedMultiplyAdd(High - Low, Philox.ToSingle(Philox.Draw(key, (ulong)i, 0).X0), Low), MathF.BitDecrement(High));
        }
    }

    private sealed record Gaussian(double Mean, double Deviation) : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            for (var i = 0; i < values.Length; i += 2)
            {
                var (x0, x1, _, _) = Philox.Draw(key, (ulong)i / 2, 0);
                var (first, second) = Normals(x0, x1);
                values[i] = (float)Math.FusedMultiplyAdd(Deviation, first, Mean);
                if (i + 1 < values.Length)
                    values[i + 1] = (float)Math.FusedMultiplyAdd(Deviation, second, Mean);
            }
        }
    }

    private sealed record Truncated(double Mean, double Deviation) : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)Math.FusedMultiplyAdd(Deviation, Draw(key, (ulong)i), Mean);
        }

        private static double Draw(ulong key, ulong position)
        {
            for (var attempt = 0UL; ; attempt++)
            {
                var (x0, x1, x2, x3) = Philox.Draw(key, position, attempt);
                var (first, second) = Normals(x0, x1);
                if (Math.Abs(first) <= 2)
                    return first;
                if (Math.Abs(second) <= 2)
                    return second;
                (first, second) = Normals(x2, x3);
                if (Math.Abs(first) <= 2)
                    return first;
                if (Math.Abs(second) <= 2)
                    return second;
            }
        }
    }
}
