using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class EmbeddingTests : IDisposable
{
    private const int Steps = 12;
    private const int Vocabulary = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_lstm_learns_an_order_that_no_bag_of_words_tells()
    {
        var (x, labels) = Orders(2000, seed: 1);
        var (testX, testLabels) = Orders(500, seed: 2);
        using var model = Network(new() { Threads = 2 });

        model.Fit(x, labels, new() { Epochs = 6, BatchSize = 32, Seed = 4 });

        model.Evaluate(testX, testLabels).Accuracy.ShouldBeGreaterThan(0.95);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(1, VectorWidth.Scalar)]
    [InlineData(2, VectorWidth.Bits128)]
    [InlineData(1, VectorWidth.Bits256)]
    [InlineData(3, VectorWidth.Bits512)]
    public void A_training_has_the_same_bits_on_any_number_of_threads_and_at_any_vector_width(int threads, VectorWidth? width)
    {
        var (x, labels) = Orders(70, seed: 1);

        var (weights, predictions) = Run(threads, width);

        var (oneWeights, onePredictions) = Run(1, null);
        weights.ShouldBe(oneWeights);
        predictions.ShouldBe(onePredictions);

        (float[] Weights, float[] Predictions) Run(int count, VectorWidth? bits)
        {
            using var kernels = new CpuKernels(count, bits);
            using var model = new Sequential(
                [Steps],
                [new Embedding(Vocabulary, 9), new LSTM(11, returnSequences: true), new GRU(10, returnSequences: true, resetAfter: false), new GRU(7), new Dense(2), new Softmax()],
                new() { Kernels = kernels });
            model.Fit(x, labels, new() { Epochs = 2, BatchSize = 33, Seed = 5 });
            return (FitTests.Weights(model), model.Predict(x));
        }
    }

    [Fact]
    public void A_warm_training_step_allocates_nothing()
    {
        var (x, labels) = Orders(64, seed: 1);
        using var model = Network(new() { Threads = 1 });
        var marks = new long[40];

        model.Fit(x, labels, new() { StepsPerEpoch = marks.Length, BatchSize = 16, Progress = p => marks[p.Step - 1] = GC.GetAllocatedBytesForCurrentThread() });

        AllocatedBytes.Least(marks.AsSpan(20), steps: 5).ShouldBe(0);
    }

    [Fact]
    public void A_loaded_model_has_the_same_layers_and_bits()
    {
        var (x, labels) = Orders(40, seed: 1);
        using var model = new Sequential([Steps], [.. SequenceLayers()], new() { Threads = 1 });
        model.Fit(x, labels, new() { BatchSize = 16 });
        var path = Path.Combine(_folder, "model.safetensors");

        model.Save(path);
        using var loaded = Sequential.Load(path, new() { Threads = 2 });
        loaded.Save(path + "2");

        File.ReadAllBytes(path + "2").ShouldBe(File.ReadAllBytes(path));
        loaded.Layers.Select(l => l.ToString()).ShouldBe(model.Layers.Select(l => l.ToString()));
        loaded.Predict(x).ShouldBe(model.Predict(x));
        loaded.Layers.OfType<Embedding>().Single().MaskZero.ShouldBeTrue();
        loaded.Layers.OfType<LSTM>().Single().GoBackwards.ShouldBeTrue();
        loaded.Layers.OfType<GRU>().First().ResetAfter.ShouldBeFalse();
    }

    [Theory]
    [InlineData(20f, "20")]
    [InlineData(-1f, "-1")]
    [InlineData(2.5f, "2.5")]
    [InlineData(float.NaN, "NaN")]
    public void A_value_that_is_no_id_is_named_by_layer_row_and_position(float value, string text)
    {
        var (x, labels) = Orders(8, seed: 1);
        x[(3 * Steps) + 5] = value;
        using var model = Network(new() { Threads = 1 });
        var expected = $"Embedding(20, 16), layer \"embedding\": row 3 of the batch holds {text} at position 5, expected an id, a whole number from 0 to 19. "
            + "Raise the vocabulary, or map unknown ids to one of their own.";

        Should.Throw<ArgumentException>(() => model.Predict(x)).Message.ShouldBe(expected);
        Should.Throw<ArgumentException>(() => model.Fit(x, labels, new() { BatchSize = 8, Shuffle = false })).Message.ShouldBe(expected);
    }

    [Fact]
    public void Shapes_and_sizes_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Embedding(5, 2).Plan([7, 2])).Message.ShouldBe(
            "input has shape (None, 7, 2), expected (None, time), one id at each position.");
        Should.Throw<ArgumentException>(() => new TokenMask().Plan([7, 2])).Message.ShouldContain("expected (None, time)");
        Should.Throw<ArgumentOutOfRangeException>(() => new Embedding(0, 2)).Message.ShouldStartWith("Embedding: vocabulary must be from 1 to 16777216 (was 0).");
        Should.Throw<ArgumentOutOfRangeException>(() => new Embedding(1 << 25, 2)).Message.ShouldContain("16777216");
        Should.Throw<ArgumentOutOfRangeException>(() => new Embedding(3, 0)).Message.ShouldStartWith("Embedding: size must be 1 or more (was 0).");
    }

    [Fact]
    public void Repeated_ids_add_up_and_absent_ones_have_no_gradient()
    {
        using var bench = new LayerBench(new Embedding(5, 2), [3], 2, new DoubleKernels());

        bench.Forward([1, 4, 1, 1, 0, 4], training: true);
        var dx = bench.Backward([1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]);

        bench.Parameter("embeddings").GradientToArray().ShouldBe([5, 50, 8, 80, 0, 0, 0, 0, 8, 80]);
        dx.ShouldAllBe(value => value == 0);
        bench.Parameter("embeddings").ToArray().ShouldAllBe(value => value >= -0.05f && value < 0.05f && value != 0);
    }

    [Fact]
    public void A_token_mask_leaves_out_padding()
    {
        using var bench = new LayerBench(new TokenMask(), [4], 2, new CpuKernels(1));

        bench.Forward([0, 0, 7, 1, 3, 0, 2, 0], training: false).ShouldBe([0, 0, 1, 1, 1, 0, 1, 0]);
    }

    /// <summary>Every kind of layer for sequences, in a chain: the mask of ids serves as ids.</summary>
    internal static Layer[] SequenceLayers() =>
    [
        new TokenMask(), new Embedding(2, 3, maskZero: true), new LSTM(4, returnSequences: true, goBackwards: true),
        new GRU(3, returnSequences: true, resetAfter: false), new GRU(3), new Dense(2), new Softmax(),
    ];

    private static Sequential Network(ModelOptions options)
    {
        var model = new Sequential([Steps], [new Embedding(Vocabulary, 16), new LSTM(16), new Dense(2), new Softmax()], options);
        model.Compile(new Adam(0.01));
        return model;
    }

    /// <summary>Rows of random words among which 1 and 2 stand once each; the class tells whether 1 comes first.</summary>
    private static (float[] X, int[] Labels) Orders(int rows, int seed)
    {
        var random = new Random(seed);
        var (x, labels) = (new float[rows * Steps], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < Steps; i++)
                x[(row * Steps) + i] = random.Next(3, Vocabulary);
            var (first, second) = (random.Next(Steps), random.Next(Steps - 1));
            second += second >= first ? 1 : 0;
            (x[(row * Steps) + first], x[(row * Steps) + second]) = (1, 2);
            labels[row] = first < second ? 1 : 0;
        }

        return (x, labels);
    }
}
