namespace Shoal.Learning.Tests;

/// <summary>A model to write as ONNX, with rows to ask it for: each layer of <see cref="LayerTable"/> alone, and graphs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Ids">For models whose inputs hold ids: how many there are.</param>
/// <param name="Images">Rows of the only input that are no random numbers, or null.</param>
internal sealed record OnnxExportCase(string Name, Func<Model> Make, int? Ids = null, Func<float[]>? Images = null)
{
    private const int RandomRows = 5;
    private static readonly ModelOptions OneThread = new() { Threads = 1 };

    public static IReadOnlyDictionary<string, OnnxExportCase> All { get; } = ((OnnxExportCase[])
    [
        .. LayerTable.Entries.Select(entry => new OnnxExportCase(entry.Key, () => Alone(entry.Value), entry.Value.Ids)),
        Chain("Convolutions in a row", [7, 6, 2], () =>
        [
            new Conv2D(4, 3, padding: Padding.Same), new BatchNorm(), new ReLU(), new Conv2D(3, 2, 2, Padding.Same, useBias: false), new BatchNorm(), new ELU(),
            new MaxPool(2), new Flatten(), new Dense(5), new BatchNorm(), new ReLU(), new Dropout(0.2), new Dense(3), new Softmax(),
        ]),
        Chain("Images come out", [6, 6, 2], () => [new Conv2D(3, 3), new Softmax()]),
        Chain("Images with a step that is larger than the window", [6, 7, 1], () => [new Conv2D(2, 1, 3, Padding.Same), new MaxPool(1, (2, 3), Padding.Same)]),
        Chain("Convolution, normalised by layer, reshaped", [6, 6, 2], () => [new Conv2D(3, 3), new LayerNorm(), new GELU(), new AveragePool(2), new Reshape([-1, 3]), new LSTM(4)]),
        Chain("Global pooling", [6, 6, 2], () => [new Conv2D(4, 3), new Sigmoid(), new GlobalAveragePool(), new Dense(2), new Dropout(0.5)]),
        Chain("Normalised sequence", [4, 3], () => [new GRU(3, returnSequences: true, goBackwards: true), new BatchNorm(), new Flatten(), new Dense(2)]),
        Chain("Only what training needs", [3], () => [new Dropout(0.5)]),
        Chain("Padded ids, LSTM", [5], () => [new Embedding(3, 4, maskZero: true), new LSTM(3, returnSequences: true), new LSTM(2)], ids: 3),
        Chain("Padded ids, GRU backwards", [5], () => [new Embedding(3, 4, maskZero: true), new GRU(3, returnSequences: true, goBackwards: true)], ids: 3),
        Chain("Padded ids, GRU reset before", [5], () => [new Embedding(3, 4, maskZero: true), new GRU(3, resetAfter: false, goBackwards: true)], ids: 3),
        Chain("Padded ids, one step", [1], () => [new Embedding(2, 3, maskZero: true), new LSTM(2, returnSequences: true)], ids: 2),
        new("Residual block", () =>
        {
            var x = new Input("image", [5, 5, 3]);
            var inner = x.Then(new Conv2D(3, 3, padding: Padding.Same), new BatchNorm(), new ReLU(), new Conv2D(3, 3, padding: Padding.Same));
            return new Model([x], [new Add().On(inner, x).Then(new ReLU(), new GlobalAveragePool(), new Dense(4, name: "scores"))], OneThread);
        }),
        new("Images joined along each axis", () =>
        {
            var (a, b) = (new Input("a", [4, 4, 2]), new Input("b", [4, 4, 2]));
            var (left, right) = (a.Then(new Conv2D(2, 3, padding: Padding.Same)), b.Then(new MaxPool(1)));
            var outputs = new[] { 1, 2, 3, -1 }.Select(axis => new Concatenate(axis, $"axis{axis + 1}").On(left, right, b));
            return new Model([a, b], outputs, OneThread);
        }),
        new("An output on the way, and twice the same", () =>
        {
            var x = new Input("x", [4]);
            var hidden = x.Then(new Dense(3, name: "hidden"));
            return new Model([x], [hidden, hidden.Then(new Dropout(0.1, "same")), hidden.Then(new Tanh(), new Dense(2, name: "last"))], OneThread);
        }),
        new("A value added to itself", () =>
        {
            var x = new Input("x", [3]);
            var hidden = x.Then(new Softplus());
            return new Model([x], [new Add().On(hidden, hidden, x)], OneThread);
        }),
        new("Golden network", () =>
        {
            Layer[] layers =
            [
                new Conv2D(32, 3), new BatchNorm(), new ReLU(), new Conv2D(32, 3), new BatchNorm(), new ReLU(), new MaxPool(2), new Flatten(),
                new Dense(64), new BatchNorm(), new ReLU(), new Dense(10), new Softmax(),
            ];
            var model = new Sequential([28, 28, 1], layers, OneThread);
            model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_trained.safetensors"));
            return model;
        }, Images: GoldenImages),
        new("Digits", () =>
        {
            var model = DigitsNetwork.Create(OneThread);
            model.Fit(GoldenImages(), Enumerable.Range(0, 16).Select(i => i % 10).ToArray(), new() { Epochs = 3, BatchSize = 8 });
            return model;
        }, Images: GoldenImages),
    ]).ToDictionary(c => c.Name);

    /// <summary>For each input the values of some rows: random numbers, random ids, a mask with holes, or the images.</summary>
    public float[][] InputsFor(Model model) => Images is not null
        ? [Images()]
        : [.. model.Inputs.Select((input, i) =>
        {
            var values = Toy.Uniform(RandomRows * input.Shape.Size, seed: 20 + (ulong)i, scale: 2);
            return Ids is { } ids ? Array.ConvertAll(values, v => MathF.Floor((v + 2) / 4 * ids)) : values;
        })];

    public override string ToString() => Name;

    private static OnnxExportCase Chain(string name, Shape input, Func<Layer[]> layers, int? ids = null) =>
        new(name, () => Mixed(new Sequential(input, layers(), OneThread)), ids);

    private static Model Alone(LayerTable.Entry entry)
    {
        Input[] inputs = [.. entry.Inputs.Select((shape, i) => new Input($"x{i}", shape))];
        return Mixed(new Model(inputs, [entry.Make().On(inputs)], OneThread));
    }

    // Zeros and ones as first values would hide a bias or a scale that is forgotten.
    private static Model Mixed(Model model)
    {
        foreach (var (parameter, i) in model.Parameters.Select((parameter, i) => (parameter, i)))
        {
            var values = Toy.Uniform(parameter.Shape.Size, seed: 50 + (ulong)i, scale: 0.5f);
            parameter.Set(parameter.Name.EndsWith("variance", StringComparison.Ordinal) ? Array.ConvertAll(values, v => v + 1) : values);
        }

        return model;
    }

    private static float[] GoldenImages() => Golden.Tensors("cnn").Singles("x");
}
