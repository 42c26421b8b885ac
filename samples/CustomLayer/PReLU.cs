using System.Text.Json;
using Shoal.Learning;
using Shoal.Numerics.Kernels;

/// <summary>y = x where x &gt; 0, else slope·x, with a slope for each feature that is learnt. Source: He et al., "Delving deep into rectifiers", 2015.</summary>
internal sealed class PReLU(double firstSlope = 0.25, string? name = null) : Layer("PReLU", name)
{
    public override LayerPlan Plan(Shape input) => new(input, new ParameterPlan("slope", [input[^1]], Initializer.Constant(firstSlope)));

    public override void Forward(in Pass pass, Storage x, Storage y)
    {
        var (values, slope) = (Read(x, pass.Rows), Parameters[0].ToArray());
        for (var i = 0; i < values.Length; i++)
            values[i] *= values[i] > 0 ? 1 : slope[i % slope.Length];
        Kernels.Write(values, y);
    }

    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        var (values, gradient, slope) = (Read(x, pass.Rows), Read(dy, pass.Rows), Parameters[0].ToArray());
        var bySlope = new float[slope.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var feature = i % slope.Length;
            bySlope[feature] += values[i] > 0 ? 0 : gradient[i] * values[i];
            gradient[i] *= values[i] > 0 ? 1 : slope[feature];
        }

        Kernels.Write(bySlope, Parameters[0].Gradient!);
        if (dx is not null)
            Kernels.Write(gradient, dx);
    }

    protected override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("firstSlope", firstSlope);

    private float[] Read(Storage storage, int rows)
    {
        var values = new float[rows * InputShape.Size];
        Kernels.Read(storage, values);
        return values;
    }
}
