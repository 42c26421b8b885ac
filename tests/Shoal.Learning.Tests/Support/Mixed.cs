namespace Shoal.Learning.Tests;

/// <summary>A graph with everything that a row of layers does not have: ids with padding beside numbers, a sum of branches, two outputs, weights of samples.</summary>
internal static class Mixed
{
    private const int Time = 11;
    private const int Vocabulary = 30;
    private const int Numbers = 7;
    private const int Kinds = 4;

    public static Model Network(ModelOptions options, Optimizer optimizer)
    {
        var (tokens, numbers) = (new Input("tokens", [Time]), new Input("numbers", [Numbers]));
        var words = tokens.Then(new Embedding(Vocabulary, 18, maskZero: true), new LSTM(21));
        var values = numbers.Then(new Dense(21), new LayerNorm(), new GELU());
        var both = new Add().On(words, values).Then(new LayerNorm(), new Dense(37), new GELU(), new Dropout(0.1));
        var kind = both.Then(new Dense(Kinds), new Softmax(name: "kind"));
        var amount = both.Then(new Dense(1, name: "amount"));
        var model = new Model([tokens, numbers], [kind, amount], options);
        model.Compile(optimizer, new Dictionary<string, OutputTraining>
        {
            ["kind"] = new(new CategoricalCrossentropy()) { Metrics = [new Accuracy(), new TopKAccuracy(2)] },
            ["amount"] = new(new Huber(), 0.5) { Metrics = [new MeanAbsoluteErrorMetric()] },
        });
        return model;
    }

    /// <summary>Sequences of ids with zeros at their end, numbers, and targets that follow from both.</summary>
    public static Dataset Data(int rows)
    {
        var (ids, numbers) = (Toy.Uniform(rows * Time, seed: 11), Toy.Uniform(rows * Numbers, seed: 12));
        var (tokens, kinds, amounts) = (new float[rows * Time], new int[rows], new float[rows]);
        for (var row = 0; row < rows; row++)
        {
            var length = 1 + (row * 7 % Time);
            for (var t = 0; t < length; t++)
                tokens[(row * Time) + t] = 1 + (int)((ids[(row * Time) + t] + 1) / 2 * (Vocabulary - 1));
            kinds[row] = (int)tokens[row * Time] % Kinds;
            amounts[row] = numbers[row * Numbers] + (tokens[row * Time] / Vocabulary);
        }

        return new Dataset([tokens, numbers], [kinds, amounts]) { Weights = Array.ConvertAll(Toy.Uniform(rows, seed: 13), w => 1 + (w / 2)) };
    }
}
