namespace Shoal.Learning;

public abstract partial record Initializer
{
    // The standard deviation of a normal distribution cut at two of its own.
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>Uniform in [−L, L) with L = sqrt(6 / (inputs + outputs)), counted from the parameter's shape.</summary>
    /// <remarks>Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.</remarks>
    public static Initializer GlorotUniform() => new Scaled(1, FanMode.Mean, Normal: false);

    /// <summary>Normal, cut at two standard deviations, with deviation sqrt(2 / (inputs + outputs)) after the cut.</summary>
    /// <remarks>Source: as <see cref="GlorotUniform()"/>.</remarks>
    public static Initializer GlorotNormal() => new Scaled(1, FanMode.Mean, Normal: true);

    /// <summary>Uniform in [−L, L) with L = sqrt(6 / inputs): for layers before a ReLU.</summary>
    /// <remarks>Source: He et al., "Delving deep into rectifiers", ICCV 2015.</remarks>
    public static Initializer HeUniform() => new Scaled(2, FanMode.Inputs, Normal: false);

    /// <summary>Normal, cut at two standard deviations, with deviation sqrt(2 / inputs) after the cut.</summary>
    /// <remarks>Source: as <see cref="HeUniform"/>.</remarks>
    public static Initializer HeNormal() => new Scaled(2, FanMode.Inputs, Normal: true);

    /// <summary>Uniform in [−L, L) with L = sqrt(3 / inputs).</summary>
    /// <remarks>Source: LeCun et al., "Efficient backprop", 1998.</remarks>
    public static Initializer LecunUniform() => new Scaled(1, FanMode.Inputs, Normal: false);

    /// <summary>Normal, cut at two standard deviations, with deviation sqrt(1 / inputs) after the cut.</summary>
    /// <remarks>Source: as <see cref="LecunUniform"/>.</remarks>
    public static Initializer LecunNormal() => new Scaled(1, FanMode.Inputs, Normal: true);

    private enum FanMode
    {
        Inputs,
        Mean,
    }

    /// <summary>Variance scale / fans, as Keras' VarianceScaling; the fans come from the shape.</summary>
    private sealed record Scaled(double Scale, FanMode Mode, bool Normal) : Initializer
    {
        public override Initializer ForShape(Shape shape)
        {
            var (inputs, outputs) = FansOf(shape);
            var fans = Mode == FanMode.Inputs ? inputs : (inputs + outputs) / 2;
            return Normal ? new Truncated(0, Math.Sqrt(Scale / fans) / TruncatedDeviation) : new Uniform((float)Math.Sqrt(3 * Scale / fans));
        }

        public override void Fill(Span<float> values, ulong key) =>
            throw new InvalidOperationException("This initializer depends on the parameter's shape: call ForShape first.");

        // Keras' rule: the last two axes are inputs and outputs, and all before them are positions of a kernel.
        private static (double Inputs, double Outputs) FansOf(Shape shape)
        {
            if (shape.Count == 1)
                return (shape[0], shape[0]);
            var area = (double)shape.Size / shape[^1] / shape[^2];
            return (area * shape[^2], area * shape[^1]);
        }
    }
}
