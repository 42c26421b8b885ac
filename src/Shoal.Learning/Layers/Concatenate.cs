using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Joins two or more inputs along one axis, in their order.</summary>
/// <remarks>x: each (rows, …), the same but for the axis; y: (rows, …) with the sum of the inputs' sizes there.</remarks>
/// <param name="axis">
/// The axis, as Keras counts: −1 the last, −2 the one before it, 1 the first of a sample; 0, the batch, is not possible. <value>−1</value>
/// </param>
/// <param name="name">A name within the model. <value>concatenate</value></param>
public sealed class Concatenate(int axis = -1, string? name = null) : Layer("Concatenate", name)
{
    /// <summary>The axis, as Keras counts.</summary>
    public int Axis { get; } = axis != 0
        ? axis
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, "Concatenate: axis must not be 0, the batch. Use 1 for the first axis of a sample, -1 for the last.");

    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input) => Plan([input]);

    /// <inheritdoc/>
    public override LayerPlan Plan(IReadOnlyList<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
            throw new ArgumentException($"got {inputs.Count} input, expected two or more.");
        int[] sizes = [.. inputs[0]];
        var at = AxisOf(sizes.Length);
        if (at < 0 || at >= sizes.Length)
            throw new ArgumentException($"input 0 has shape {inputs[0].WithBatch()}, without an axis {Axis}.");
        for (var i = 1; i < inputs.Count; i++)
        {
            if (inputs[i].Count != sizes.Length || inputs[i].Where((size, k) => k != at && size != sizes[k]).Any())
                throw new ArgumentException($"input {i} has shape {inputs[i].WithBatch()}, expected {inputs[0].WithBatch()} as input 0 but for axis {Axis}.");
        }

        sizes[at] = checked(inputs.Sum(shape => shape[at]));
        return new(new Shape(sizes));
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Forward(pass, [x], y);

    /// <inheritdoc/>
    public override void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (whole, offset) = (Run(OutputShape), 0);
        for (var i = 0; i < x.Count; i++)
        {
            var run = Run(InputShapes[i]);
            Kernels.CopyBlocks(pass.Rows * (InputShapes[i].Size / run), run, x[i], 0, run, y, offset, whole);
            offset += run;
        }
    }

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Backward(pass, [x], y, dy, [dx]);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx)
    {
        ArgumentNullException.ThrowIfNull(dx);
        var (whole, offset) = (Run(OutputShape), 0);
        for (var i = 0; i < dx.Count; i++)
        {
            var run = Run(InputShapes[i]);
            if (dx[i] is { } gradient)
                Kernels.CopyBlocks(pass.Rows * (InputShapes[i].Size / run), run, dy, offset, whole, gradient, 0, run);
            offset += run;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Axis == -1 ? "Concatenate" : FormattableString.Invariant($"Concatenate({Axis})");

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("axis", Axis);

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var (names, channelsFirst) = graph.InOneOrder(x);
        var at = AxisOf(OutputShape.Count);
        var axis = !channelsFirst ? at + 1 : at == 2 ? 1 : at + 2;
        return new GraphValue(graph.Node("Concat", names, OnnxAttribute.Of("axis", axis)), channelsFirst);
    }

    internal static Concatenate Read(LayerOptionsReader options) => new(options.Integer("axis"), options.Name);

    private int AxisOf(int axes) => Axis < 0 ? axes + Axis : Axis - 1;

    /// <summary>Values that lie side by side: the axis and all behind it.</summary>
    private int Run(Shape shape)
    {
        var run = 1;
        for (var i = AxisOf(shape.Count); i < shape.Count; i++)
            run *= shape[i];
        return run;
    }
}
