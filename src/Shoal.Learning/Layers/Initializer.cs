namespace Shoal.Learning;

/// <summary>The first values of a parameter.</summary>
/// <remarks>Random values come from <see cref="Philox"/> by seed and position alone: the same on every machine. Immutable, thread-safe.</remarks>
public abstract partial record Initializer
{
    /// <summary>All 0.</summary>
    public static Initializer Zeros { get; } = new ConstantValue(0);

    /// <summary>All 1.</summary>
    public static Initializer Ones { get; } = new ConstantValue(1);

    /// <summary>Uniform in [−L, L) with L = sqrt(6 / (fanIn + fanOut)).</summary>
    /// <remarks>Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.</remarks>
    public static Initializer GlorotUniform(int fanIn, int fanOut) => new Uniform((float)Math.Sqrt(6.0 / ((double)fanIn + fanOut)));

    /// <summary>What fills a parameter of this shape: this one, unless it depends on the shape.</summary>
    /// <param name="shape">The shape of the parameter; its last two axes are inputs and outputs, all before them positions of a kernel.</param>
    public virtual Initializer ForShape(Shape shape) => this;

    /// <summary>Writes the values.</summary>
    /// <param name="values">All values of the parameter, row-major.</param>
    /// <param name="key">The key of the random numbers, different for each parameter.</param>
    public abstract void Fill(Span<float> values, ulong key);

    private sealed record ConstantValue(float Value) : Initializer
    {
        public override void Fill(Span<float> values, ulong key) => values.Fill(Value);
    }

    private sealed record Uniform(float Limit) : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            for (var i = 0; i < values.Length; i += 4)
            {
                var (a, b, c, d) = Philox.Draw(key, (ulong)i / 4, 0);
                Span<uint> words = [a, b, c, d];
                for (var j = 0; j < 4 && i + j < values.Length; j++)
                    values[i + j] = MathF.FusedMultiplyAdd(2 * Limit, Philox.ToSingle(words[j]), -Limit);
            }
        }
    }
}
