namespace Shoal.Learning;

/// <summary>The layers that a model file can name; a new kind is one line here.</summary>
internal static class LayerKinds
{
    public static IReadOnlyDictionary<string, Func<LayerOptionsReader, Layer>> All { get; } =
        new SortedDictionary<string, Func<LayerOptionsReader, Layer>>(StringComparer.Ordinal)
        {
            ["BatchNormalization"] = BatchNorm.Read,
            ["Conv2D"] = Conv2D.Read,
            ["Dense"] = Dense.Read,
            ["Dropout"] = Dropout.Read,
            ["Embedding"] = Embedding.Read,
            ["Flatten"] = Flatten.Read,
            ["GRU"] = GRU.Read,
            ["LSTM"] = LSTM.Read,
            ["MaxPooling2D"] = MaxPool.Read,
            ["ReLU"] = ReLU.Read,
            ["Softmax"] = Softmax.Read,
            ["TokenMask"] = TokenMask.Read,
        };
}
