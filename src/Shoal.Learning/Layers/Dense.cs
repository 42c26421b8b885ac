using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A fully connected layer, y = x·kernel + bias.</summary>
/// <remarks>
/// x (rows, inputs), kernel (inputs, units), bias (units), y (rows, units). Unlike Keras' it takes flat samples only: put
/// <see cref="Flatten"/> before it.
/// </remarks>
/// <param name="units">The values of one sample of the output, 1 or more.</param>
/// <param name="useBias">Whether there is a bias. <value>true</value></param>
/// <param name="kernelInitializer">The kernel's first values. <value><see cref="Initializer.GlorotUniform()"/></value></param>
/// <param name="biasInitializer">The bias' first values. <value><see cref="Initializer.Zeros"/></value></param>
/// <param name="kernelRegularizer">What the size of the kernel costs in training. <value>nothing</value></param>
/// <param name="name">A name within the model. <value>dense</value></param>
public sealed class Dense(
    int units, bool useBias = true, Initializer? kernelInitializer = null, Initializer? biasInitializer = null, Regularizer? kernelRegularizer = null,
    string? name = null)
    : Layer("Dense", name)
{
    private readonly Initializer _kernelInitializer = kernelInitializer ?? Initializer.GlorotUniform();
    private readonly Initializer _biasInitializer = biasInitializer ?? Initializer.Zeros;

    /// <summary>The values of one sample of the output.</summary>
    public int Units { get; } = Check.AtLeast(1, units, nameof(Dense), nameof(units));

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
        if (input.Count != 1)
            throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, inputs). Put Flatten() before it.");
        var kernel = new ParameterPlan("kernel", new Shape(input.Size, Units), _kernelInitializer, Regularizer: KernelRegularizer);
        return UseBias ? new([Units], kernel, new("bias", [Units], _biasInitializer)) : new([Units], kernel);
    }

    /// <inheritdoc/>
    public override void Forward(in Pass pass, Storage x, Storage y) => Infer(pass.Rows, x, default, y);

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        BackwardParameters(pass, x, dy);
        if (dx is not null)
            BackwardInput(pass, dy, dx);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dense({Units})";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        writer.WriteNumber("units", Units);
        writer.WriteBoolean("useBias", UseBias);
        LayerOptionsReader.Write(writer, "kernelRegularizer", KernelRegularizer);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x) => new GraphValue(Bias is { } bias
        ? graph.Node("Gemm", [x[0].Name, graph.Constant(Kernel), graph.Constant(bias)])
        : graph.Node("MatMul", [x[0].Name, graph.Constant(Kernel)]));

    internal static Dense Read(LayerOptionsReader options) => new(
        options.Integer("units"), options.Boolean("useBias"), kernelRegularizer: options.Regularizer("kernelRegularizer"), name: options.Name);

    internal override void Infer(int rows, Storage x, in Epilogue epilogue, Storage y) =>
        Kernels.DenseForward(ShapeFor(rows), x, Kernel.Value, Bias?.Value, epilogue, y);

    /// <summary>The gradient by x alone.</summary>
    internal void BackwardInput(in Pass pass, Storage dy, Storage dx) => Kernels.DenseInputGradient(ShapeFor(pass.Rows), dy, Kernel.Value, dx);

    /// <summary>The gradients by kernel and bias alone.</summary>
    internal void BackwardParameters(in Pass pass, Storage x, Storage dy) =>
        Kernels.DenseWeightGradient(ShapeFor(pass.Rows), x, dy, Kernel.Gradient!, Bias?.Gradient);

    private DenseShape ShapeFor(int rows) => new(rows, InputShape.Size, Units);
}
