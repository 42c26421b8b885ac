namespace Shoal.Learning.Tests;

/// <summary>The small convolutional network of tests/data/golden: outputs, gradients and twenty steps of Keras.</summary>
public sealed class GoldenNetworkTests
{
    public static TheoryData<string> KernelNames => [.. TestKernels.Names];

    [SkippableTheory]
    [MemberData(nameof(KernelNames))]
    public void Logits_of_64_test_images_are_Keras_s(string kernels)
    {
        var golden = Golden.Tensors("cnn_outputs");
        var (images, _) = Mnist.Load("t10k", 64);
        golden.Tensors["image_index"].Data.ToArray().Where((_, i) => i % 4 == 0).ShouldBe(Enumerable.Range(0, 64).Select(i => (byte)i));
        using var model = Network(kernels, 0.9, softmax: false);
        model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_trained.safetensors"));

        var logits = model.Predict(images);

        var expected = golden.Singles("logits");
        for (var i = 0; i < expected.Length; i++)
            ((double)logits[i]).ShouldBe(expected[i], 2e-5, $"image {i / 10}, logit {i % 10}");
    }

    [SkippableTheory]
    [MemberData(nameof(KernelNames))]
    public void Probabilities_of_64_test_images_are_Keras_s(string kernels)
    {
        var golden = Golden.Tensors("cnn_outputs");
        var (images, _) = Mnist.Load("t10k", 64);
        using var model = Network(kernels, 0.9, softmax: true);
        model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_trained.safetensors"));

        model.Predict(images).ShouldBeNear(golden.Singles("probabilities"), 2e-5, "probabilities");
    }

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void Probabilities_of_16_stored_images_are_Keras_s(string kernels)
    {
        var golden = Golden.Tensors("cnn");
        using var model = Network(kernels, 0.9, softmax: true);
        model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_trained.safetensors"));

        model.Predict(golden.Singles("x")).ShouldBeNear(golden.Singles("probabilities"), 2e-5, "probabilities");
    }

    [SkippableTheory]
    [MemberData(nameof(KernelNames))]
    public void Gradients_of_one_batch_are_Keras_s(string kernels)
    {
        var golden = Golden.Tensors("cnn_gradients");
        var (images, labels) = Mnist.Load("train", 32);
        using var model = Network(kernels, 0.9, softmax: true);
        model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_trained.safetensors"));
        var plan = model.PlanTraining(32);
        var pass = new Pass(32, Training: true);

        var loss = plan.ForwardAndLoss(pass, Toy.Batch(model, images, OneHot([.. labels.Select(l => (l + 1) % 10)]))) / 32;
        plan.Backward(pass);

        loss.ShouldBe(7.7189365379936925, 1e-4);
        plan.Predictions(0, 32).ShouldBeNear(golden.Singles("logits"), 1e-5, "logits");
        foreach (var parameter in model.Parameters)
        {
            if (!parameter.Trainable)
                parameter.ToArray().ShouldBeNear(golden.Singles($"after/{parameter.Name}"), 1e-5, parameter.Name);
            else if (IsBiasBeforeBatchNorm(parameter.Name))
                parameter.GradientToArray().ShouldAllBe(g => Math.Abs(g) < 1e-3, parameter.Name);
            else
                parameter.GradientToArray().ShouldBeNear(golden.Singles($"d_float64/{parameter.Name}"), 3e-4, parameter.Name);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(KernelNames))]
    public void Losses_of_twenty_steps_follow_Keras(string kernels)
    {
        var expected = Golden.Json("cnn").GetProperty("trajectory").GetProperty("loss_float64").EnumerateArray().Select(l => l.GetDouble()).ToArray();
        // The naive kernels take a second a step.
        var steps = kernels == "double" ? 3 : 20;
        var (images, labels) = Mnist.Load("train", 64 * steps);
        using var model = Network(kernels, 0.99, softmax: true);
        model.LoadWeights(Path.Combine(Golden.Root, "tests", "data", "golden", "cnn_init.safetensors"));
        var plan = model.PlanTraining(64);

        for (var step = 0; step < steps; step++)
        {
            var targets = OneHot(labels.AsSpan(step * 64, 64));
            var loss = plan.Step(new(64, Training: true), Toy.Batch(model, images[(step * 64 * 784)..((step + 1) * 64 * 784)], targets)) / 64;

            var tolerance = step switch { 0 => 1e-5, <= 4 => 5e-4, <= 10 => 1e-3, _ => 1e-2 };
            Math.Abs(loss / expected[step] - 1).ShouldBeLessThan(tolerance, $"step {step}: {loss} instead of {expected[step]}");
        }
    }

    private static bool IsBiasBeforeBatchNorm(string name) => name is "conv2d/bias" or "conv2d_1/bias" or "dense/bias";

    private static float[] OneHot(ReadOnlySpan<int> labels)
    {
        var targets = new float[labels.Length * 10];
        for (var i = 0; i < labels.Length; i++)
            targets[i * 10 + labels[i]] = 1;
        return targets;
    }

    private static Sequential Network(string kernels, double momentum, bool softmax)
    {
        BatchNorm Norm() => new(momentum, statistics: BatchNormStatistics.Keras);
        Layer[] layers =
        [
            new Conv2D(32, 3), Norm(), new ReLU(), new Conv2D(32, 3), Norm(), new ReLU(), new MaxPool(2), new Flatten(),
            new Dense(64), Norm(), new ReLU(), new Dense(10),
        ];
        return new([28, 28, 1], softmax ? [.. layers, new Softmax()] : layers, new() { Kernels = TestKernels.Create(kernels) });
    }
}
