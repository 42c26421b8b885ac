using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Shoal.Learning;

/// <summary>The layers that a model file can name: ours, one line each here, and those that users registered.</summary>
public static class LayerKinds
{
    private static readonly ConcurrentDictionary<string, Func<LayerOptionsReader, Layer>> Registered = new(StringComparer.Ordinal);

    internal static IReadOnlyDictionary<string, Func<LayerOptionsReader, Layer>> All { get; } =
        new SortedDictionary<string, Func<LayerOptionsReader, Layer>>(StringComparer.Ordinal)
        {
            ["Add"] = Add.Read,
            ["AveragePooling2D"] = AveragePool.Read,
            ["BatchNormalization"] = BatchNorm.Read,
            ["Concatenate"] = Concatenate.Read,
            ["Conv2D"] = Conv2D.Read,
            ["Dense"] = Dense.Read,
            ["Dropout"] = Dropout.Read,
            ["ELU"] = ELU.Read,
            ["Embedding"] = Embedding.Read,
            ["Flatten"] = Flatten.Read,
            ["GELU"] = GELU.Read,
            ["GRU"] = GRU.Read,
            ["GlobalAveragePooling2D"] = GlobalAveragePool.Read,
            ["LSTM"] = LSTM.Read,
            ["LayerNormalization"] = LayerNorm.Read,
            ["LeakyReLU"] = LeakyReLU.Read,
            ["MaxPooling2D"] = MaxPool.Read,
            ["ReLU"] = ReLU.Read,
            ["Reshape"] = Reshape.Read,
            ["Sigmoid"] = Sigmoid.Read,
            ["Softmax"] = Softmax.Read,
            ["Softplus"] = Softplus.Read,
            ["Tanh"] = Tanh.Read,
            ["TokenMask"] = TokenMask.Read,
        };

    /// <summary>Makes a layer of one's own known to <see cref="Model.Load"/>; call it once before the first model with such a layer is read.</summary>
    /// <remarks>
    /// Saving needs no registration: the file holds the layer's <see cref="Layer.Kind"/>, its parameters, and what its
    /// <see cref="Layer.WriteOptions"/> wrote. A kind that is registered again is made by the newer function. Thread-safe.
    /// <code>
    /// LayerKinds.Register("Snake", options =&gt; new Snake(options.Number("frequency"), options.Name));
    /// </code>
    /// </remarks>
    /// <param name="kind">The <see cref="Layer.Kind"/> of the layer, none of ours.</param>
    /// <param name="create">Makes the layer from its options, with the name that they hold.</param>
    /// <exception cref="ArgumentException">The kind is one of ours.</exception>
    public static void Register(string kind, Func<LayerOptionsReader, Layer> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(create);
        if (All.ContainsKey(kind))
            throw new ArgumentException($"LayerKinds.Register: \"{kind}\" is a layer of Shoal. Give yours a kind of its own.", nameof(kind));
        Registered[kind] = create;
    }

    internal static bool TryFind(string kind, [MaybeNullWhen(false)] out Func<LayerOptionsReader, Layer> create) =>
        All.TryGetValue(kind, out create) || Registered.TryGetValue(kind, out create);
}
