using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A two-dimensional convolution over channels-last images (as everywhere in learning, in fact a correlation).</summary>
/// <remarks>
/// x (rows, height, width, channels), kernel (kernel height, kernel width, channels, filters), bias (filters),
/// y (rows, output height, output width, filters).
/// </remarks>
/// <param name="filters">Channels of the output, 1 or more.</param>
/// <param name="kernelSize">Rows and columns of the kernel, as in <c>3</c> or <c>(3, 5)</c>.</param>
/// <param name="strides">Steps of the kernel. <value>1</value></param>
/// <param name="padding">What lies beyond the edge. <value><see cref="Padding.Valid"/></value></param>
/// <param name="useBias">Whether there is a bias. <value>true</value></param>
/// <param name="kernelInitializer">The kernel's first values. <value><see cref="Initializer.GlorotUniform()"/></value></param>
/// <param name="biasInitializer">The bias' first values. <value><see cref="Initializer.Zeros"/></value></param>
/// <param name="kernelRegularizer">What the size of the kernel costs in training. <value>nothing</value></param>
/// <param name="name">A name within the model. <value>conv2d</value></param>
public sealed class Conv2D(
    int filters, Size2D kernelSize, Size2D? strides = null, Padding padding = Padding.Valid, bool useBias = true,
    Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null, string? name = null)
    : Layer("Conv2D", name)
{
    private readonly Initializer _kernelInitializer = kernelInitializer ?? Initializer.GlorotUniform();
    private readonly Initializer _biasInitializer = biasInitializer ?? Initializer.Zeros;

    /// <summary>Channels of the output.</summary>
    public int Filters { get; } = Check.AtLeast(1, filters, nameof(Conv2D), nameof(filters));

    /// <summary>Rows and columns of the kernel.</summary>
    public Size2D KernelSize { get; } = Size2D.AtLeastOne(kernelSize, nameof(Conv2D), nameof(kernelSize));

    /// <summary>Steps of the kernel.</summary>
    public Size2D Strides { get; } = Size2D.AtLeastOne(strides ?? 1, nameof(Conv2D), nameof(strides));

    /// <summary>What lies beyond the edge.</summary>
    public Padding Padding { get; } = padding;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; } = useBias;

    /// <summary>What the size of the kernel costs in training, or null for nothing.</summary>
    public Regularizer? KernelRegularizer { get; } = kernelRegularizer;

    internal override bool HasEpilogue => true;

    private Parameter Kernel => Parameters[0];

    private Parameter? Bias => UseBias ? Parameters[1] : null;

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        if (input.Count != 3)
            throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, height, width, channels).");
        var shape = ShapeFor(1, input);
        if (shape.OutputHeight < 1 || shape.OutputWidth < 1)
        {
            throw new ArgumentException(
                $"input has shape {input.WithBatch()}, too small for a kernel of {KernelSize}. "
                + "Use a smaller kernel, Padding.Same or less pooling before it.");
        }

        Shape output = [shape.OutputHeight, shape.OutputWidth, Filters];
        var kernel = new ParameterPlan(
            "kernel", [KernelSize.Height, KernelSize.Width, input[2], Filters], _kernelInitializer, Regularizer: KernelRegularizer);
        return UseBias ? new(output, kernel, new("bias", [Filters], _biasInitializer)) : new(output, kernel);
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Infer(pass.Rows, x, default, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        var shape = ShapeFor(pass.Rows, InputShape);
        Kernels.Conv2DWeightGradient(shape, x, dy, Kernel.Gradient!, Bias?.Gradient);
        if (dx is not null)
            Kernels.Conv2DInputGradient(shape, dy, Kernel.Value, dx);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Conv2D({Filters}, {KernelSize})";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("filters", Filters);
        LayerOptionsReader.Write(writer, "kernelSize", KernelSize);
        LayerOptionsReader.Write(writer, "strides", Strides);
        writer.WriteBoolean("same", Padding == Padding.Same);
        writer.WriteBoolean("useBias", UseBias);
        LayerOptionsReader.Write(writer, "kernelRegularizer", KernelRegularizer);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        var kernel = OnnxGraph.Transposed(Kernel.ToArray(), [.. Kernel.Shape], 3, 2, 0, 1);
        var weights = graph.Constant(Kernel, [Filters, InputShape[2], KernelSize.Height, KernelSize.Width], kernel);
        string[] inputs = [graph.ChannelsFirst(x[0]), weights, .. Bias is { } bias ? [graph.Constant(bias)] : Array.Empty<string>()];
        return new GraphValue(graph.Node("Conv", inputs, OnnxWindow.Attributes(KernelSize, Strides, Padding, InputShape)), ChannelsFirst: true);
    }

    internal static Conv2D Read(LayerOptionsReader options) => new(
        options.Integer("filters"), options.Size("kernelSize"), options.Size("strides"), options.Boolean("same") ? Padding.Same : Padding.Valid,
        options.Boolean("useBias"), kernelRegularizer: options.Regularizer("kernelRegularizer"), name: options.Name);

    internal override void Infer(int rows, Storage x, in Epilogue epilogue, Storage y) =>
        Kernels.Conv2DForward(ShapeFor(rows, InputShape), x, Kernel.Value, Bias?.Value, epilogue, y);

    internal Conv2DShape ShapeFor(int rows) => ShapeFor(rows, InputShape);

    private Conv2DShape ShapeFor(int rows, Shape input) => new(
        rows, input[0], input[1], input[2], KernelSize.Height, KernelSize.Width, Filters, Strides.Height, Strides.Width, Padding == Padding.Same);
}
