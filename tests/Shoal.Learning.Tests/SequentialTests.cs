namespace Shoal.Learning.Tests;

public sealed class SequentialTests
{
    [Fact]
    public void The_digits_network_has_Keras_s_summary()
    {
        using var model = DigitsNetwork.Create(new() { Kernels = new DoubleKernels() });

        var lines = model.Summary().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        model.ParameterCount.ShouldBe(2_376_810);
        lines.Where(l => "┏┡├└┃│".Contains(l[0], StringComparison.Ordinal)).ShouldAllBe(l => l.Length == 88);
        lines[1].ShouldBe("┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃");
        lines[3].ShouldBe("│ conv2d (Conv2D)                      │ (None, 26, 26, 32)          │             320 │");
        lines[5].ShouldBe("│ batch_normalization                  │ (None, 26, 26, 32)          │             128 │".Replace("batch_normalization                 ", "batch_normalization (BatchNormaliza…", StringComparison.Ordinal));
        lines[^3].ShouldBe(" Total params: 2,376,810 (9.07 MB)");
        lines[^2].ShouldBe(" Trainable params: 2,375,658 (9.06 MB)");
        lines[^1].ShouldBe(" Non-trainable params: 1,152 (4.50 KB)");
    }

    [Fact]
    public void Parameters_have_Keras_s_names()
    {
        using var model = DigitsNetwork.Create(new() { Kernels = new DoubleKernels() });

        model.Parameters.Select(p => p.Name).ShouldBe(
        [
            "conv2d/kernel", "conv2d/bias",
            "batch_normalization/gamma", "batch_normalization/beta", "batch_normalization/moving_mean", "batch_normalization/moving_variance",
            "conv2d_1/kernel", "conv2d_1/bias",
            "batch_normalization_1/gamma", "batch_normalization_1/beta", "batch_normalization_1/moving_mean", "batch_normalization_1/moving_variance",
            "dense/kernel", "dense/bias",
            "batch_normalization_2/gamma", "batch_normalization_2/beta", "batch_normalization_2/moving_mean", "batch_normalization_2/moving_variance",
            "dense_1/kernel", "dense_1/bias",
        ]);
        model.Layers.Select(l => l.Name).ShouldContain("max_pooling2d");
        model.Layers.Select(l => l.Name).ShouldContain("re_lu_2");
    }

    [Fact]
    public void First_weights_are_uniform_within_Glorot_s_limit_and_follow_the_seed()
    {
        using var one = DigitsNetwork.Create(new() { Kernels = new DoubleKernels(), Seed = 1 });
        using var same = DigitsNetwork.Create(new() { Kernels = new DoubleKernels(), Seed = 1 });
        using var other = DigitsNetwork.Create(new() { Kernels = new DoubleKernels(), Seed = 2 });
        (string Name, double Limit)[] limits = [("conv2d/kernel", .142134), ("conv2d_1/kernel", .102062), ("dense/kernel", .034233), ("dense_1/kernel", .107211)];

        foreach (var (name, limit) in limits)
        {
            float[] Of(Sequential model) => model.Parameters.Single(p => p.Name == name).ToArray();
            var weights = Of(one);

            ((double)weights.Max(Math.Abs)).ShouldBeInRange(limit * 0.97, limit * 1.00001);
            ((double)weights.Average()).ShouldBe(0, 4 * limit / Math.Sqrt(3.0 * weights.Length));
            Of(same).ShouldBe(weights);
            Of(other).ShouldNotBe(weights);
        }

        one.Parameters.Single(p => p.Name == "dense/kernel").ToArray()[..288].ShouldNotBe(
            one.Parameters.Single(p => p.Name == "conv2d/kernel").ToArray());
    }

    [Fact]
    public void A_layer_that_cannot_take_what_comes_is_named_with_both_shapes()
    {
        var error = Should.Throw<ArgumentException>(() => new Sequential([28, 28, 1], [new Conv2D(32, 3), new MaxPool(2), new Dense(10)]));

        error.Message.ShouldBe(
            "Dense(10), layer \"dense\": input has shape (None, 13, 13, 32), expected (None, inputs). Put Flatten() before it. "
            + "The layer before, max_pooling2d (MaxPool(2x2)), gives (None, 13, 13, 32).");
    }

    [Fact]
    public void A_kernel_larger_than_its_image_is_named()
    {
        var error = Should.Throw<ArgumentException>(() => new Sequential([5, 5, 1], [new MaxPool(2), new Conv2D(8, 3)]));

        error.Message.ShouldStartWith("Conv2D(8, 3x3), layer \"conv2d\": input has shape (None, 2, 2, 1), too small for a kernel of 3x3.");
    }

    [Fact]
    public void Wrong_lengths_are_refused_with_the_shape()
    {
        using var model = new Sequential([4], [new Dense(3), new Softmax()], new() { Kernels = new DoubleKernels() });

        Should.Throw<ArgumentException>(() => model.Predict(new float[7])).Message.ShouldBe("x holds 7 values, expected a multiple of 4: the model takes rows of shape (4).");
        Should.Throw<ArgumentException>(() => model.Predict(new float[8], new float[5])).Message.ShouldContain("expected 6");
        Should.Throw<ArgumentException>(() => model.Fit(new float[8], new int[3])).Message.ShouldContain("2 samples");
        Should.Throw<ArgumentException>(() => model.Fit(new float[8], (int[])[0, 3])).Message.ShouldContain("label 1 is 3, expected a class from 0 to 2");
        Should.Throw<ArgumentException>(() => model.Evaluate(new float[8], (int[])[0, -1])).Message.ShouldContain("label 1 is -1");
        Should.Throw<ArgumentException>(() => model.Evaluate(Array.Empty<float>(), Array.Empty<int>())).Message.ShouldContain("x holds 0 values, expected a positive multiple of 4");
    }

    [Fact]
    public void A_layer_belongs_to_one_model()
    {
        var dense = new Dense(3);
        using var model = new Sequential([4], [dense], new() { Kernels = new DoubleKernels() });

        var relu = new ReLU();

        Should.Throw<InvalidOperationException>(() => new Sequential([4], [dense])).Message.ShouldBe(
            "Dense(3) \"dense\" already belongs to a model: make a new layer for each place in each model.");
        Should.Throw<InvalidOperationException>(() => new Sequential([4], [relu, relu])).Message.ShouldContain("make a new layer");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_gradients_of_a_whole_model_are_those_of_finite_differences(int variant)
    {
        using var kernels = new DoubleKernels();
        Layer[] layers = variant switch
        {
            1 => [new Conv2D(3, 3), new BatchNorm(), new ReLU(), new MaxPool(2), new ReLU(), new Flatten(), new Dense(5), new ReLU(), new Dropout(0.3), new Dense(4), new Softmax()],
            2 => [new Flatten(), new ReLU(), new Dense(6), new Dropout(0.2), new ReLU(), new BatchNorm(), new Dense(4)],
            _ => [new MaxPool(2), new Flatten(), new ReLU(), new BatchNorm(), new ReLU(), new Dense(4), new Softmax()],
        };
        using var model = new Sequential([8, 8, 2], layers, new() { Kernels = kernels, Seed = 4 });
        var x = Toy.Uniform(5 * 128, seed: 3);
        var targets = new float[20];
        for (var i = 0; i < 5; i++)
            targets[i * 4 + i % 4] = 1;
        FiniteDifferences.Check(model, Toy.Batch(model, x, targets), rows: 5);
    }
}
