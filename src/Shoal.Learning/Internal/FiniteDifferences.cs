namespace Shoal.Learning;

/// <summary>Something with a gradient: tensors that can be changed, and outputs that depend on them.</summary>
internal interface IGradientSubject
{
    /// <summary>The weights of the outputs in the objective.</summary>
    IReadOnlyList<float> OutputWeights { get; }

    /// <summary>Names, values and gradients; the gradients are those at the values, computed before.</summary>
    IReadOnlyList<(string Name, float[] Values, float[] Gradient)> Tensors { get; }

    void Set(int tensor, int index, float value);

    /// <summary>The outputs at the present values.</summary>
    void Evaluate(float[] outputs);
}

/// <summary>The slopes of Σ weight·output in float32; <see cref="GradientCheck"/> says how.</summary>
internal sealed class FiniteDifferences
{
    private const double RoundingUnit = 1.0 / (1 << 24);

    // An error lies within this many uncertainties, and a value is settled if that is within this many tolerances.
    private const double Certain = 3;
    private const double Coarse = 10;
    private static readonly double[] Steps = [1.0 / 16, 1.0 / 64, 1.0 / 256, 1.0 / 1024, 1.0 / 4096];

    private readonly IGradientSubject _subject;
    private readonly float[] _here;
    private readonly float[] _far;
    private readonly float[] _near;

    private FiniteDifferences(IGradientSubject subject)
    {
        _subject = subject;
        _here = new float[subject.OutputWeights.Count];
        _far = new float[_here.Length];
        _near = new float[_here.Length];
        subject.Evaluate(_here);
    }

    public static IReadOnlyList<GradientComparison> Compare(IGradientSubject subject, double tolerance)
    {
        var differences = new FiniteDifferences(subject);
        return [.. Enumerable.Range(0, subject.Tensors.Count).Select(tensor => differences.Compare(tensor, tolerance))];
    }

    private GradientComparison Compare(int tensor, double tolerance)
    {
        var (name, values, gradient) = _subject.Tensors[tensor];
        var estimates = new Slope[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            estimates[i] = SlopeAt(tensor, i, values[i]);
            _subject.Set(tensor, i, values[i]);
        }

        // The largest slope that is known for sure is what errors are measured by.
        var scale = estimates.Max(e => Math.Max(Math.Abs(e.Value) - (Certain * e.Uncertainty), 0));
        var (worst, worstRatio) = (0, -1.0);
        for (var i = 0; i < values.Length; i++)
        {
            var ratio = float.IsNaN(gradient[i]) ? double.PositiveInfinity : Math.Abs(gradient[i] - estimates[i].Value) / Allowed(estimates[i]);
            if (ratio > worstRatio)
                (worst, worstRatio) = (i, ratio);
        }

        var unsettled = estimates.Count(e => Certain * e.Uncertainty > Coarse * tolerance * scale);
        return new(name, values.Length, unsettled, worst, gradient[worst], estimates[worst].Value, Allowed(estimates[worst]));

        double Allowed(Slope slope) => (tolerance * scale) + (Certain * slope.Uncertainty) + float.Epsilon;
    }

    private Slope SlopeAt(int tensor, int index, float value)
    {
        var best = new Slope(0, double.PositiveInfinity);
        foreach (var step in Steps)
        {
            var far = Sides(tensor, index, value, step, _far);
            var near = Sides(tensor, index, value, step / 2, _near);
            var slope = ((4 * near.Central) - far.Central) / 3;
            // Left and right of a smooth bend the slopes differ half as much at half the step; at an edge just as much.
            var edge = Math.Abs(far.Bend - (2 * near.Bend));
            var uncertainty = (Math.Abs(near.Central - far.Central) / 3) + edge + far.Noise + near.Noise;
            if (uncertainty < best.Uncertainty)
                best = new(slope, uncertainty);
        }

        return best;
    }

    /// <summary>The central difference, right slope − left slope, and the rounding in the former.</summary>
    private (double Central, double Bend, double Noise) Sides(int tensor, int index, float value, double step, float[] outputs)
    {
        // The steps that float32 really takes.
        var (above, below) = ((float)(value + step), (float)(value - step));
        var (up, down) = ((double)above - value, (double)value - below);
        _subject.Set(tensor, index, above);
        _subject.Evaluate(outputs);
        var (right, noiseRight) = Difference(outputs);
        _subject.Set(tensor, index, below);
        _subject.Evaluate(outputs);
        var (left, noiseLeft) = Difference(outputs);
        return ((right - left) / (up + down), (right / up) + (left / down), Math.Sqrt(noiseRight + noiseLeft) / Math.Min(up, down));
    }

    /// <summary>The objective there − here, and the square of the rounding in it.</summary>
    private (double Difference, double Noise) Difference(float[] there)
    {
        var (difference, noise) = (0.0, 0.0);
        for (var j = 0; j < there.Length; j++)
        {
            double weight = _subject.OutputWeights[j];
            difference += weight * ((double)there[j] - _here[j]);
            var rounding = there[j] == _here[j] ? 0 : weight * there[j] * RoundingUnit;
            noise += rounding * rounding;
        }

        return (difference, noise);
    }

    private readonly record struct Slope(double Value, double Uncertainty);
}
