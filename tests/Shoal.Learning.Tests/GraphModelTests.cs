using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class GraphModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    [Fact]
    public void A_chain_of_nodes_has_the_bits_of_a_Sequential()
    {
        var (x, labels) = Toy.Clusters(90, seed: 1);
        using var row = new Sequential([2], [new Dense(8), new ReLU(), new Dense(3), new Softmax()], new() { Threads = 1 });
        var start = new Input("x", [2]);
        using var graph = new Model([start], [start.Then(new Dense(8), new ReLU(), new Dense(3), new Softmax())], new() { Threads = 1 });

        var (expected, found) = (row.Fit(x, labels, new() { Epochs = 3 }), graph.Fit(x, labels, new() { Epochs = 3 }));

        found.Last.Loss.ShouldBe(expected.Last.Loss);
        found.Last.Accuracy.ShouldBe(expected.Last.Accuracy);
        graph.Predict(x).ShouldBe(row.Predict(x));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gradients_of_branches_are_those_of_finite_differences(int variant)
    {
        using var model = variant switch
        {
            1 => Branches(),
            2 => Residual(),
            _ => TwoOutputs(),
        };
        var data = new Dataset(
            [.. model.Inputs.Select((input, i) => (ReadOnlyMemory<float>)Toy.Uniform(5 * input.Shape.Size, seed: 3 + (ulong)i))],
            [.. model.OutputShapes.Select((shape, i) => (Targets)OneHot(5, shape.Size))]);

        FiniteDifferences.Check(model, Toy.Batch(model, data), rows: 5);
    }

    [Fact]
    public void Weights_of_samples_and_outputs_stand_in_loss_and_gradient()
    {
        using var model = TwoOutputs();
        model.Compile(new Adam(), model.OutputNames.Zip([0.5, 2, 1]).ToDictionary(o => o.First, o => new OutputTraining(new CategoricalCrossentropy(), o.Second)));
        var data = new Dataset([Toy.Uniform(30, seed: 3)], [.. model.OutputShapes.Select(shape => (Targets)OneHot(5, shape.Size))]) { Weights = new float[] { 1, 0, 2, 0.5f, 3 } };

        FiniteDifferences.Check(model, Toy.Batch(model, data), rows: 5);
    }

    [Fact]
    public void Predictions_of_branches_are_those_of_the_layers_one_by_one()
    {
        using var model = Residual();
        var x = Toy.Uniform(7 * 6, seed: 5);
        var values = new Dictionary<int, float[]> { [0] = x };

        var predicted = model.Predict(x);

        using var kernels = new DoubleKernels();
        foreach (var step in model.Graph.Steps)
        {
            var y = kernels.Allocate(7 * step.Layer.OutputShape.Size);
            step.Layer.Forward(new(7), [.. step.Inputs.Select(v => Put(kernels, values[v]))], y);
            values[step.Output] = new float[y.Length];
            kernels.Read(y, values[step.Output]);
        }

        predicted.ShouldBeNear(values[model.Graph.Outputs[0]], 1e-6, "outputs");
    }

    [Fact]
    public void Several_inputs_and_outputs_are_learnt_measured_and_asked()
    {
        var (x, labels) = Toy.Clusters(600, seed: 2);
        float[] first = [.. x.Where((_, i) => i % 2 == 0)], second = [.. x.Where((_, i) => i % 2 == 1)], sums = [.. first.Zip(second, (a, b) => a + b)];
        var (a, b) = (new Input("first", [1]), new Input("second", [1]));
        var hidden = new Concatenate().On(a, b).Then(new Dense(24), new ReLU());
        using var model = new Model([a, b], [hidden.Then(new Dense(3, name: "cluster")), hidden.Then(new Dense(1, name: "sum"))], new() { Threads = 1 });
        model.Compile(new Adam(0.01), new Dictionary<string, OutputTraining>
        {
            ["sum"] = new(new MeanSquaredError()),
            ["cluster"] = new(new CategoricalCrossentropy()) { Metrics = [new Accuracy()] },
        });
        var data = new Dataset([first, second], [labels, sums]);

        var history = model.Fit(data, new() { Epochs = 20, Validation = data });

        history.Last.Metrics["cluster_accuracy"].ShouldBeGreaterThan(0.97);
        history.Last.Validation!.Metrics.Keys.ShouldBe(["cluster_loss", "cluster_accuracy", "sum_loss"], ignoreOrder: true);
        history.Last.Validation.Metrics["sum_loss"].ShouldBeLessThan(0.01);
        history.Last.Loss.ShouldBe(history.Last.Metrics["cluster_loss"] + history.Last.Metrics["sum_loss"], 1e-9);
        var outputs = model.Predict([first, second]);
        outputs.Select(o => o.Length).ShouldBe([1800, 600]);
        outputs[1].Zip(sums, (found, wanted) => Math.Abs(found - wanted)).Average().ShouldBeLessThan(0.1f);
    }

    [Fact]
    public void A_graph_is_saved_and_loaded_with_its_bits()
    {
        var path = Path.Combine(_folder, "graph.safetensors");
        var (a, b) = (new Input("a", [3]), new Input("b", [3]));
        var middle = a.Then(new Dense(3), new ReLU());
        var sum = new Add().On(middle, b);
        using var model = new Model([a, b], [sum.Then(new Dense(2, name: "late")), new Concatenate().On(sum, a).Then(new Softmax())], new() { Seed = 5, Threads = 1 });
        float[] x = Toy.Uniform(12, 1), y = Toy.Uniform(12, 2);

        model.Save(path);
        using var loaded = Model.Load(path, new() { Threads = 1 });

        loaded.OutputNames.ShouldBe(["late", "softmax"]);
        loaded.Inputs.Select(i => i.Name).ShouldBe(["a", "b"]);
        loaded.Predict([x, y]).ShouldBe(model.Predict([x, y]));
        Should.Throw<ModelFileException>(() => Sequential.Load(path)).Message.ShouldContain("Read it with Model.Load");
    }

    [Theory]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]}],"layers":[{"kind":"ReLU","name":"r","from":["r"]}],"outputs":["r"]}""", "speaks of r, which is no input and no layer before that place")]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]}],"layers":[{"kind":"ReLU","name":"r","from":[]}],"outputs":["r"]}""", "does not have 1 to 1000 from")]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]},{"name":"a","shape":[2]}],"layers":[{"kind":"ReLU","name":"r","from":["/a"]}],"outputs":["r"]}""", "two inputs named")]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]}],"layers":[{"kind":"ReLU","name":"r","from":["/a"]}],"outputs":["r","r"]}""", "named twice among the outputs")]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]}],"layers":[{"kind":"Add","name":"r","from":["/a"]}],"outputs":["r"]}""", "expected two or more")]
    [InlineData("""{"schema":2,"inputs":[{"name":"a","shape":[2]}],"layers":[{"kind":"ReLU","name":"r","from":["/a"]}]}""", "does not have 1 to 10000 outputs")]
    public void A_hostile_graph_is_one_line(string architecture, string says)
    {
        var path = Path.Combine(_folder, "graph.safetensors");
        SafeTensors.Write(path, [], new Dictionary<string, string> { ["architecture"] = architecture });

        var error = Should.Throw<ModelFileException>(() => Model.Load(path));

        error.Message.ShouldContain(says);
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void Padding_of_an_Embedding_is_left_out_by_the_layers_behind_it()
    {
        using var plain = Words(maskZero: false);
        using var masked = Words(maskZero: true);
        float[] words = [3, 1, 2, 0, 0, 0], late = [0, 0, 0, 3, 1, 2], between = [3, 0, 0, 1, 2, 0];

        // Wherever the padding stands, only the words count; without a mask it is a word like any other.
        masked.Predict(late).ShouldBe(masked.Predict(words));
        masked.Predict(between).ShouldBe(masked.Predict(words));
        plain.Predict(late).ShouldNotBe(plain.Predict(words));
        plain.Predict(words).ShouldNotBe(masked.Predict(words));

        var path = Path.Combine(_folder, "words.safetensors");
        masked.Save(path);
        using var loaded = Sequential.Load(path, new() { Threads = 1 });
        loaded.Predict(words).ShouldBe(masked.Predict(words));
        loaded.Layers.Count(l => l is TokenMask).ShouldBe(1);
    }

    [Fact]
    public void A_mask_of_one_s_own_is_a_second_input()
    {
        var (ids, steps) = (new Input("ids", [4]), new Input("steps", [4]));
        var embedded = ids.Then(new Embedding(5, 3));
        using var model = new Model([ids, steps], [new LSTM(4).On(embedded, steps).Then(new Dense(2), new Softmax())], new() { Kernels = new DoubleKernels(), Seed = 3 });

        var found = model.Predict([(float[])[1, 2, 3, 4], (float[])[1, 1, 0, 0]]);

        found[0].ShouldBe(model.Predict([(float[])[1, 2, 0, 0], (float[])[1, 1, 0, 0]])[0]);
        FiniteDifferences.Check(model, Toy.Batch(model, new([(float[])[1, 2, 3, 4, 2, 2, 1, 0, 4, 0, 0, 3], (float[])[1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0]], [new[] { 0, 1, 0 }])), rows: 3);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var (a, b) = (new Input("a", [3]), new Input("b", [2]));
        var dense = new Dense(2);
        var output = dense.On(a);

        Should.Throw<InvalidOperationException>(() => dense.On(a)).Message.ShouldContain("already belongs to a model");
        Should.Throw<ArgumentException>(() => new Add().On(a, b)).Message.ShouldBe(
            "Add: input 1 has shape (None, 2), expected (None, 3) as input 0. It was put on Input(\"a\", (3)), which gives (None, 3), Input(\"b\", (2)), which gives (None, 2).");
        Should.Throw<ArgumentException>(() => new Dense(2).On(a, b)).Message.ShouldContain("Dense(2): got 2 inputs, expected one");
        Should.Throw<ArgumentException>(() => new Model([a, b], [output])).Message.ShouldContain("Input(\"b\", (2)) does not lead to any output");
        Should.Throw<ArgumentException>(() => new Model([b], [output])).Message.ShouldContain("Input(\"a\", (3)) is used by the model, but not among its inputs");
        Should.Throw<ArgumentException>(() => new Model([a], [output, a])).Message.ShouldContain("Input(\"a\", (3)) is an output of the model as it is");
        Should.Throw<ArgumentException>(() => new Model([a, new("a", [1])], [output])).Message.ShouldContain("Two inputs of the model have the name \"a\"");
        Should.Throw<ArgumentException>(() => new Input("a/b", [1])).Message.ShouldContain("holds no \"/\"");
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused_before_any_work()
    {
        using var model = Branches();
        float[] a = new float[8], b = new float[12];

        Should.Throw<ArgumentException>(() => model.Fit(a, new int[2])).Message.ShouldContain("the data have 1 inputs and 1 targets, the model 2 and 1");
        Should.Throw<ArgumentException>(() => model.Fit(new Dataset([a, a], [new int[2]]))).Message.ShouldContain("input 1 holds 8 values, expected a positive multiple of 6");
        Should.Throw<ArgumentException>(() => model.Fit(new Dataset([a, b], [new int[3]]))).Message.ShouldContain("2 samples of shape (4), but the targets are 3");
        Should.Throw<ArgumentException>(() => model.Predict([a, a])).Message.ShouldContain("got 8 values, expected 12 for 2 rows");
        Should.Throw<InvalidOperationException>(() => model.Predict(a)).Message.ShouldContain("call Predict with an array for each input");
        Should.Throw<ArgumentException>(() => model.Fit(new Dataset([a, b], [new int[2]]) { Weights = new float[] { 1, float.NaN } })).Message.ShouldContain("weight 1 is NaN");
        Should.Throw<ArgumentException>(() => model.Compile(null, new Dictionary<string, OutputTraining> { ["other"] = new(new MeanSquaredError()) }))
            .Message.ShouldContain("no output \"other\"");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Sequential Words(bool maskZero) => new(
        [6], [new Embedding(5, 3, maskZero), new Dropout(0.2), new LSTM(4, returnSequences: true), new GRU(3), new Dense(2)], new() { Seed = 6, Threads = 1 });

    private static Model Branches()
    {
        var (a, b) = (new Input("a", [4]), new Input("b", [2, 3]));
        var left = a.Then(new Dense(5), new ReLU());
        var right = b.Then(new Flatten(), new ReLU(), new Dense(5));
        return new([a, b], [new Add().On(left, right).Then(new BatchNorm(), new Dense(3), new Softmax())], new() { Kernels = new DoubleKernels(), Seed = 2 });
    }

    // One value read by three layers, one of them behind a view.
    private static Model Residual()
    {
        var x = new Input("x", [6]);
        var trunk = x.Then(new Dense(6), new ReLU());
        var left = trunk.Then(new Flatten(), new Dense(6), new ReLU());
        var sum = new Add().On(trunk, left);
        return new([x], [new Add().On(sum, trunk).Then(new Dropout(0.2), new Dense(3), new Softmax())], new() { Kernels = new DoubleKernels(), Seed = 31 });
    }

    private static Model TwoOutputs()
    {
        var x = new Input("x", [6]);
        var trunk = x.Then(new Dense(6), new ReLU());
        var early = trunk.Then(new Dense(3));
        var late = new Add().On(trunk, x.Then(new Dense(6))).Then(new Dense(4), new Softmax());
        return new([x], [early, late, new Add().On(early, trunk.Then(new Dense(3)))], new() { Kernels = new DoubleKernels(), Seed = 4 });
    }

    private static Storage Put(DoubleKernels kernels, float[] values)
    {
        var storage = kernels.Allocate(values.Length);
        kernels.Write(values, storage);
        return storage;
    }

    private static float[] OneHot(int rows, int classes)
    {
        var targets = new float[rows * classes];
        for (var row = 0; row < rows; row++)
            targets[row * classes + row % classes] = 1;
        return targets;
    }
}
