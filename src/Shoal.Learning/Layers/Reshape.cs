using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The values of each sample in another shape, row-major as before: no value moves.</summary>
/// <param name="targetShape">The shape of one sample; one size may be −1, for what is left: <c>new Reshape([7, −1])</c>.</param>
/// <param name="name">A name within the model. <value>reshape</value></param>
public sealed class Reshape(IReadOnlyList<int> targetShape, string? name = null) : Layer("Reshape", name)
{
    private readonly int[] _target = Checked(targetShape);

    /// <summary>The shape of one sample, with −1 where the size follows from the others.</summary>
    public IReadOnlyList<int> TargetShape => _target;

    /// <inheritdoc/>
    public override bool BackwardReadsInput => false;

    /// <inheritdoc/>
    public override bool ForwardInPlace => true;

    /// <inheritdoc/>
    public override bool BackwardInPlace => true;

    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override bool IsIdentityInInference => true;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        var known = 1L;
        foreach (var size in _target)
            known = Math.Min(known * Math.Abs((long)size), int.MaxValue);
        var open = Array.IndexOf(_target, -1);
        if (open < 0 ? known != input.Size : input.Size % known != 0)
        {
            throw new ArgumentException(
                $"input has shape {input.WithBatch()}, {input.Size} values a sample, expected {(open < 0 ? $"{known}" : $"a multiple of {known}")}.");
        }

        int[] sizes = [.. _target];
        if (open >= 0)
            sizes[open] = (int)(input.Size / known);
        return new(new Shape(sizes));
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => CopyUnlessSame(pass.Rows, x, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        if (dx is not null)
            CopyUnlessSame(pass.Rows, dy, dx);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Reshape([{string.Join(", ", _target)}])";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("targetShape");
        foreach (var size in _target)
            writer.WriteNumberValue(size);
        writer.WriteEndArray();
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) =>
        new GraphValue(graph.Node("Reshape", [graph.ChannelsLast(x[0]), graph.Constant("shape", [0, .. OutputShape.Select(size => (long)size)])]));

    internal static Reshape Read(LayerOptionsReader options) => new(options.Integers("targetShape"), options.Name);

    private static int[] Checked(IReadOnlyList<int> targetShape)
    {
        ArgumentNullException.ThrowIfNull(targetShape);
        return targetShape.Count >= 1 && targetShape.All(size => size is -1 or >= 1) && targetShape.Count(size => size == -1) <= 1
            ? [.. targetShape]
            : throw new ArgumentException(
                $"Reshape: targetShape must have sizes of 1 or more, one of them may be -1 (was [{string.Join(", ", targetShape)}]).", nameof(targetShape));
    }

    private void CopyUnlessSame(int rows, Storage source, Storage destination)
    {
        if (!ReferenceEquals(source, destination))
            Kernels.Copy(source, rows * InputShape.Size, destination);
    }
}
