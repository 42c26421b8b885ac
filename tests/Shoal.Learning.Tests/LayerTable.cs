namespace Shoal.Learning.Tests;

/// <summary>The layers that <see cref="LayerContractTests"/> runs over; a new layer is one line here.</summary>
internal static class LayerTable
{
    public static IReadOnlyDictionary<string, Entry> Entries { get; } = new Dictionary<string, Entry>
    {
        ["Dense"] = new(() => new Dense(5, kernelRegularizer: new(0.01, 0.02)), [[7]], Refused: [[7, 1]]),
        ["Dense without bias"] = new(() => new Dense(3, useBias: false), [[4]], Refused: [[2, 2]]),
        ["Conv2D"] = new(() => new Conv2D(4, 3), [[6, 5, 2]], Refused: [[2, 5, 2]]),
        ["Conv2D with strides, padded"] = new(
            () => new Conv2D(3, (3, 2), (2, 1), Padding.Same, useBias: false, kernelRegularizer: new(l2: 0.5)), [[5, 4, 2]], Refused: [[5, 4]]),
        ["BatchNorm of images"] = new(() => new BatchNorm(), [[3, 4, 2]]),
        ["BatchNorm of vectors"] = new(() => new BatchNorm(epsilon: 1e-5), [[6]]),
        ["LayerNorm of images"] = new(() => new LayerNorm(), [[3, 2, 5]]),
        ["LayerNorm of vectors"] = new(() => new LayerNorm(1e-5), [[19]]),
        ["ReLU"] = new(() => new ReLU(), [[3, 4]]),
        ["LeakyReLU"] = new(() => new LeakyReLU(), [[21]]),
        ["LeakyReLU of slope 0"] = new(() => new LeakyReLU(0), [[7]]),
        ["ELU"] = new(() => new ELU(0.7), [[3, 7]]),
        ["GELU"] = new(() => new GELU(), [[21]]),
        ["GELU by tanh"] = new(() => new GELU(approximate: true), [[21]]),
        ["Sigmoid"] = new(() => new Sigmoid(), [[21]]),
        ["Tanh"] = new(() => new Tanh(), [[21]]),
        ["Softplus"] = new(() => new Softplus(), [[21]]),
        ["Softmax"] = new(() => new Softmax(), [[5]]),
        ["Softmax of images"] = new(() => new Softmax(), [[2, 3, 19]]),
        ["MaxPool"] = new(() => new MaxPool(2), [[5, 6, 3]], Refused: [[1, 6, 3]]),
        ["MaxPool, windows overlap"] = new(() => new MaxPool(3, 2, Padding.Same), [[5, 5, 2]], Refused: [[5, 5]]),
        ["AveragePool"] = new(() => new AveragePool(2), [[5, 6, 3]], Refused: [[1, 6, 3]]),
        ["AveragePool, windows overlap"] = new(() => new AveragePool((3, 2), (2, 1), Padding.Same), [[5, 4, 17]], Refused: [[5, 5]]),
        ["GlobalAveragePool"] = new(() => new GlobalAveragePool(), [[3, 5, 4]], Refused: [[15, 4]]),
        ["Flatten"] = new(() => new Flatten(), [[2, 3, 2]]),
        ["Reshape"] = new(() => new Reshape([3, -1]), [[2, 3, 2]], Refused: [[7]]),
        ["Reshape without an open size"] = new(() => new Reshape([2, 2]), [[4]], Refused: [[8]]),
        ["Dropout"] = new(() => new Dropout(0.4), [[11]]),
        ["Add"] = new(() => new Add(), [[3, 4], [3, 4], [3, 4]], Refused: [[3, 4], [4, 3]]),
        ["Add of two"] = new(() => new Add(), [[2], [2]], Refused: [[2]]),
        ["Concatenate"] = new(() => new Concatenate(), [[2, 3], [2, 1], [2, 5]], Refused: [[2, 3], [3, 3]]),
        ["Concatenate along the first axis"] = new(() => new Concatenate(1), [[2, 3, 2], [4, 3, 2]], Refused: [[2, 3, 2], [4, 3]]),
        ["Concatenate along the middle"] = new(() => new Concatenate(-2), [[2, 3, 2], [2, 1, 2]], Refused: [[3], [3]]),
        ["TokenMask"] = new(() => new TokenMask(), [[6]], Refused: [[2, 3]], Ids: 3),
        ["Embedding"] = new(() => new Embedding(5, 3), [[4]], Refused: [[2, 3]], Ids: 5),
        ["LSTM"] = new(() => new LSTM(5), [[4, 3]], Refused: [[4]]),
        ["LSTM, sequences, backwards"] = new(() => new LSTM(3, returnSequences: true, goBackwards: true), [[3, 2]], Refused: [[3, 2], [2]]),
        ["GRU"] = new(() => new GRU(5), [[4, 3]], Refused: [[4]]),
        ["GRU, reset before, sequences"] = new(() => new GRU(3, returnSequences: true, resetAfter: false), [[3, 2]]),
    };

    /// <summary>One layer of the table.</summary>
    /// <param name="Make">Makes it.</param>
    /// <param name="Inputs">The shapes of inputs that it takes.</param>
    /// <param name="Refused">Shapes that it refuses, or null where it takes every shape.</param>
    /// <param name="Ids">For layers whose input holds ids, which have no differences: how many there are.</param>
    internal sealed record Entry(Func<Layer> Make, Shape[] Inputs, Shape[]? Refused = null, int? Ids = null);
}
