namespace Shoal.Learning.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    private string Model => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_loaded_model_has_the_same_layers_and_bits()
    {
        var (x, labels) = Toy.Images(40, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        model.Fit(x, labels, new() { BatchSize = 10 });

        model.Save(Model);
        using var loaded = Sequential.Load(Model, new() { Threads = 2 });

        loaded.Summary().ShouldBe(model.Summary());
        loaded.Layers.Select(l => l.ToString()).ShouldBe(model.Layers.Select(l => l.ToString()));
        FitTests.Weights(loaded).ShouldBe(FitTests.Weights(model));
        loaded.Predict(x).ShouldBe(model.Predict(x));
        loaded.Layers.SelectMany(l => l.State()).ShouldBe(model.Layers.SelectMany(l => l.State()));
        Directory.GetFiles(_folder).ShouldBe([Model]);
    }

    [Fact]
    public void Every_option_of_every_layer_survives()
    {
        Layer[] layers =
        [
            new Conv2D(3, (3, 2), (2, 1), Padding.Same, useBias: false, name: "first"), new BatchNorm(0.9, 1e-5, BatchNormStatistics.Keras), new ReLU(),
            new MaxPool((2, 3), (1, 2), Padding.Same), new Flatten(), new Dropout(0.25), new Dense(4, useBias: false), new Softmax(),
        ];
        using var model = new Sequential([9, 8, 2], layers, new() { Threads = 1 });

        model.Save(Model);
        using var loaded = Sequential.Load(Model);
        loaded.Save(Model + "2");

        File.ReadAllBytes(Model + "2").ShouldBe(File.ReadAllBytes(Model));
        loaded.Layers[0].Name.ShouldBe("first");
        LayerKinds.All.Keys.ShouldBe(layers.Concat(EmbeddingTests.SequenceLayers()).Select(l => l.Kind).Distinct(), ignoreOrder: true);
    }

    [Fact]
    public void Training_on_after_loading_goes_on_with_the_statistics()
    {
        var (x, labels) = Toy.Images(40, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Threads = 1 });
        model.Fit(x, labels, new() { BatchSize = 10 });
        model.Save(Model);
        using var loaded = Sequential.Load(Model, new() { Threads = 1 });
        model.Compile(new Adam(0.01));
        loaded.Compile(new Adam(0.01));

        model.Fit(x, labels, new() { BatchSize = 10, StatisticsBatches = 0 });
        loaded.Fit(x, labels, new() { BatchSize = 10, StatisticsBatches = 0 });

        FitTests.Weights(loaded).ShouldBe(FitTests.Weights(model));
    }

    [Fact]
    public void Weights_of_another_architecture_are_refused_and_change_nothing()
    {
        using var model = new Sequential([3], [new Dense(2), new ReLU()], new() { Threads = 1 });
        using var other = new Sequential([3], [new Dense(2)], new() { Threads = 1, Seed = 1 });
        other.Save(Model);
        var before = FitTests.Weights(model);

        var error = Should.Throw<ModelFileException>(() => model.LoadWeights(Model));

        error.Message.ShouldBe(
            $"{Model}: holds a model of input (3) with 1 layers (Dense(2)), expected input (3) with 2 layers (Dense(2), ReLU) and their options. "
            + "The file holds another architecture: load the right file, or read this one with Sequential.Load.");
        FitTests.Weights(model).ShouldBe(before);
    }

    [Fact]
    public void Tensors_that_are_missing_too_many_or_of_other_shape_or_type_are_named()
    {
        using var model = new Sequential([3], [new Dense(2)], new() { Threads = 1 });
        var kernel = SavedTensor.FromSingles("dense/kernel", [3, 2], new float[6]);
        var bias = SavedTensor.FromSingles("dense/bias", [2], new float[2]);

        Loading(kernel).ShouldContain("has no tensor dense/bias, expected one of shape (2)");
        Loading(SavedTensor.FromSingles("dense/kernel", [2, 3], new float[6]), bias).ShouldContain("tensor dense/kernel has shape (2, 3), expected (3, 2)");
        Loading(kernel, bias, SavedTensor.FromSingles("more", [1], [1])).ShouldContain("tensor more belongs to no layer");
        Loading(kernel, new("dense/bias", TensorType.F16, [2], new byte[4])).ShouldContain("tensor dense/bias is F16, expected F32");

        string Loading(params SavedTensor[] tensors)
        {
            SafeTensors.Write(Model, tensors);
            return Should.Throw<ModelFileException>(() => model.LoadWeights(Model)).Message;
        }
    }

    [Fact]
    public void A_file_without_an_architecture_says_what_to_do()
    {
        SafeTensors.Write(Model, []);

        Should.Throw<ModelFileException>(() => Sequential.Load(Model)).Message.ShouldContain("no architecture. Build the model in code and call LoadWeights");
    }

    [Theory]
    [InlineData("[]", "schema 1")]
    [InlineData("{\"schema\":2}", "schema 1")]
    [InlineData("{\"schema\":1,\"input\":[0],\"layers\":[{}]}", "Shape (0) is not valid")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{}]}", "\"kind\"")]
    [InlineData("{\"schema\":1,\"input\":[\"a\"],\"layers\":[{}]}", "input shape")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[]}", "layers")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Evil\",\"name\":\"x\"}]}", "unknown kind \"Evil\"")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Dense\",\"name\":\"x\",\"units\":0,\"useBias\":true}]}", "units must be 1 or more")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Dense\",\"name\":\"x\",\"units\":1e99,\"useBias\":true}]}", "\"units\"")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Dense\",\"name\":\"x\",\"units\":2147483647,\"useBias\":true}]}", "2^31")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Dense\",\"name\":\"x\",\"units\":500000000,\"useBias\":true}]}", "no tensor x/kernel")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"Dropout\",\"name\":\"x\",\"rate\":-1}]}", "rate must be from 0")]
    [InlineData("{\"schema\":1,\"input\":[3,3],\"layers\":[{\"kind\":\"Dense\",\"name\":\"x\",\"units\":1,\"useBias\":true}]}", "Put Flatten() before it")]
    [InlineData("{\"schema\":1,\"input\":[3],\"layers\":[{\"kind\":\"ReLU\",\"name\":\"a/b\"}]}", "\"a/b\" is not valid")]
    [InlineData("not json", "not valid")]
    public void A_hostile_architecture_is_one_line_and_takes_no_memory(string architecture, string says)
    {
        SafeTensors.Write(Model, [], new Dictionary<string, string> { ["architecture"] = architecture });
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Should.Throw<ModelFileException>(() => Sequential.Load(Model));

        error.Message.ShouldStartWith(Model);
        error.Message.ShouldContain(says);
        error.Message.ShouldContain(says.Contains("tensor", StringComparison.Ordinal) ? "load the right file" : "Save the model again");
        error.Message.ShouldNotContain("\n");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Two_thousand_mutated_models_are_loaded_or_refused()
    {
        using var model = new Sequential([4, 4, 1], [new Conv2D(2, 3), new BatchNorm(), new ReLU(), new Flatten(), new Dense(3), new Softmax()], new() { Threads = 1 });
        model.Save(Model);
        var original = File.ReadAllBytes(Model);
        var header = BitConverter.ToInt32(original);
        var (loaded, refused) = (0, 0);

        for (var seed = 0UL; seed < 2000; seed++)
        {
            var bytes = original.ToArray();
            var (where, what, how, _) = Philox.Draw(seed, 0, 0);
            bytes[8 + where % header] = how % 2 == 0 ? (byte)('0' + what % 10) : (byte)what;
            File.WriteAllBytes(Model, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var found = Sequential.Load(Model, new() { Threads = 1 });
                loaded++;
            }
            catch (ModelFileException e)
            {
                e.Message.ShouldNotContain("\n");
                refused++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2 * bytes.Length + 200_000, $"seed {seed}");
        }

        loaded.ShouldBeGreaterThan(20);
        refused.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void The_digits_network_does_not_load_other_models()
    {
        using var model = new Sequential([3], [new Dense(2)], new() { Threads = 1 });
        model.Save(Model);

        Should.Throw<ModelFileException>(() => DigitsNetwork.Load(Model)).Message.ShouldBe(
            $"{Model}: holds a model from (3) to (2), expected one from (28, 28, 1) to (10). Name a file that shoal digits --save wrote.");
    }

    [Fact]
    public void Unwritable_places_are_found_before_training()
    {
        var missing = Path.Combine(_folder, "nowhere", "model.safetensors");

        Should.Throw<ModelFileException>(() => ModelFile.CheckWritable(missing)).Message.ShouldContain($"There is no folder {Path.GetDirectoryName(missing)}");
        Should.Throw<ModelFileException>(() => ModelFile.CheckWritable(_folder)).Message.ShouldContain("is a folder");
        Should.Throw<ModelFileException>(() => ModelFile.CheckWritable(" ")).Message.ShouldContain("needs a file name");
        ModelFile.CheckWritable(Model);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }
}
