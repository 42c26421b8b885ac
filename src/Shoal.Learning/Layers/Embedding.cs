using System.Text.Json;
using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A vector for each id: y[row, position] = embeddings[x[row, position]].</summary>
/// <remarks>
/// x: (rows, time) of whole numbers from 0 to vocabulary − 1, written as floats, which hold them exactly; embeddings: (vocabulary, size);
/// y: (rows, time, size). The gradient of the table sums repeated ids in the order (row, position), through shards of 16 rows.
/// </remarks>
/// <param name="vocabulary">How many ids there are, 1 to 16,777,216.</param>
/// <param name="size">The values of one vector, 1 or more.</param>
/// <param name="maskZero">Whether id 0 is padding that layers behind, like <see cref="LSTM"/>, are to leave out. <value>false</value></param>
/// <param name="name">A name within the model. <value>embedding</value></param>
public sealed class Embedding(int vocabulary, int size, bool maskZero = false, string? name = null) : Layer("Embedding", name)
{
    private const int LargestVocabulary = 1 << 24;

    /// <summary>How many ids there are.</summary>
    public int Vocabulary { get; } = (int)Check.Between(1, LargestVocabulary, vocabulary, nameof(Embedding), nameof(vocabulary));

    /// <summary>The values of one vector.</summary>
    public int Size { get; } = Check.AtLeast(1, size, nameof(Embedding), nameof(size));

    /// <summary>Whether id 0 is padding.</summary>
    public bool MaskZero { get; } = maskZero;

    private Parameter Table => Parameters[0];

    /// <inheritdoc/>
    public override LayerPlan Plan(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Count != 1)
            throw new ArgumentException($"input has shape {input.WithBatch()}, expected (None, time), one id at each position.");
        return new([input[0], Size], new ParameterPlan("embeddings", [Vocabulary, Size], new SmallUniform()));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value of x is no id; the message names row, position and value. Nothing is written then.</exception>
    public override void Forward(in Pass pass, Storage x, Storage y)
    {
        var bad = Kernels.EmbeddingForward(ShapeFor(pass.Rows), x, Table.Value, y);
        if (bad < 0)
            return;
        Span<float> value = stackalloc float[1];
        Kernels.Read(x, value, bad);
        var (row, position) = Math.DivRem(bad, InputShape[0]);
        throw new ArgumentException(FormattableString.Invariant(
            $"{this}, layer \"{Name}\": row {row} of the batch holds {value[0]} at position {position}, expected an id, a whole number from 0 to {Vocabulary - 1}. Raise the vocabulary, or map unknown ids to one of their own."));
    }

    /// <inheritdoc/>
    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
    {
        Kernels.EmbeddingGradient(ShapeFor(pass.Rows), x, dy, Table.Gradient!);

        // An id is no number that could be a little different.
        if (dx is not null)
            Kernels.Fill(dx, pass.Rows * InputShape.Size, 0);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Embedding({Vocabulary}, {Size})";

    /// <inheritdoc/>
    protected internal override void WriteOptions(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("vocabulary", Vocabulary);
        writer.WriteNumber("size", Size);
        writer.WriteBoolean("maskZero", MaskZero);
    }

    internal override Node? MaskBehind(IReadOnlyList<Node> inputs, Shape output)
    {
        if (!MaskZero)
            return null;
        var mask = new TokenMask();
        return new LayerNode(mask, inputs, mask.Plan(inputs[0].Shape), isImplied: true);
    }

    internal override GraphValue? WriteOnnx(OnnxGraph graph, IReadOnlyList<GraphValue> x)
    {
        // A table is read by whole numbers, and ours come as floats, which hold them exactly.
        var ids = graph.Node("Cast", [x[0].Name], OnnxAttribute.Of("to", ElementTypes.ToOnnx(TensorType.I64)));
        return new GraphValue(graph.Node("Gather", [graph.Constant(Table), ids], OnnxAttribute.Of("axis", 0)));
    }

    internal static Embedding Read(LayerOptionsReader options) => new(
        options.Integer("vocabulary"), options.Integer("size"), options.Boolean("maskZero"), options.Name);

    private EmbeddingShape ShapeFor(int rows) => new(rows, InputShape[0], Vocabulary, Size);

    /// <summary>Uniform in [−0.05, 0.05), Keras' first values of a table.</summary>
    private sealed record SmallUniform : Initializer
    {
        public override void Fill(Span<float> values, ulong key)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var (a, b, c, d) = Philox.Draw(key, (ulong)i / 4, 0);
                var word = (i % 4) switch { 0 => a, 1 => b, 2 => c, _ => d };
                values[i] = MathF.FusedMultiplyAdd(0.1f, Philox.ToSingle(word), -0.05f);
            }
        }
    }
}
