namespace Shoal.Learning;

/// <summary>What <see cref="GradientCheck"/> tries.</summary>
public sealed record GradientCheckOptions
{
    private readonly int _rows = 3;
    private readonly double _tolerance = 1e-3;
    private readonly double _scale = 1;

    /// <summary>Samples in the batch, 1 or more. <value>3</value></summary>
    public int Rows
    {
        get => _rows;
        init => _rows = Check.AtLeast(1, value, nameof(GradientCheckOptions), nameof(Rows));
    }

    /// <summary>The error that is still right, as a share of the tensor's largest gradient, from 1e-6 to 1. <value>0.001</value></summary>
    public double Tolerance
    {
        get => _tolerance;
        init => _tolerance = Check.Between(1e-6, 1, value, nameof(GradientCheckOptions), nameof(Tolerance));
    }

    /// <summary>Inputs are uniform in [centre − scale, centre + scale), from 1e-3 to 1e3. <value>1</value></summary>
    public double Scale
    {
        get => _scale;
        init => _scale = Check.Between(1e-3, 1e3, value, nameof(GradientCheckOptions), nameof(Scale));
    }

    /// <summary>The middle of the inputs, for layers that take positive values only, say. <value>0</value></summary>
    public double Centre { get; init; }

    /// <summary>
    /// Parameters begin with their initial values plus uniform noise of this size, since a 0 hides the gradients behind it. <value>0.1</value>
    /// </summary>
    public double ParameterNoise { get; init; } = 0.1;

    /// <summary>The seed of all random numbers. <value>0</value></summary>
    public ulong Seed { get; init; }
}
