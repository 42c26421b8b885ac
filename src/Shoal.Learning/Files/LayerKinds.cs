namespace Shoal.Learning;

/// <summary>The layers that a model file can name; a new kind is one line here.</summary>
internal static class LayerKinds
{
    public static IReadOnlyDictionary<string, Func<LayerOptionsReader, Layer>> All { get; } =
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
}
