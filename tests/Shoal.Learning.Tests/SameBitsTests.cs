using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>Trainings have the same bits whatever computes them: weights, statistics, losses and predictions are compared by their hash.</summary>
public sealed class SameBitsTests
{
    private static readonly int[] Threads = [1, 2, 3, 8];
    private static readonly VectorWidth[] Wide = [VectorWidth.Bits512, VectorWidth.Bits256];

    public static TheoryData<string> Optimizers => [.. MakeOptimizer.Keys];

    private static Dictionary<string, Func<Optimizer>> MakeOptimizer { get; } = new()
    {
        ["SGD"] = () => new SGD(0.05, momentum: 0.9, nesterov: true) { ClipNorm = 0.5 },
        ["AdamW"] = () => new AdamW(0.01) { GlobalClipNorm = 1 },
    };

    [SkippableFact]
    [Trait("Category", "Slow")]
    public void Twenty_steps_of_the_digits_have_the_same_bits_on_1_2_3_and_8_threads_at_512_and_256_bits() =>
        AllTheSame(Threads, Wide, kernels => Digits(kernels, epochs: 1, steps: 20, batch: 24));

    [SkippableFact]
    [Trait("Category", "Slow")]
    public void A_whole_training_has_the_same_bits_on_1_2_and_3_threads() =>
        AllTheSame([1, 2, 3], [VectorWidth.Bits512], kernels => Digits(kernels, epochs: 5, steps: 46, batch: 128));

    [SkippableFact]
    [Trait("Category", "Soak")]
    public void A_whole_training_has_the_same_bits_on_1_2_3_and_8_threads_at_512_and_256_bits() =>
        AllTheSame(Threads, Wide, kernels => Digits(kernels, epochs: 5, steps: 46, batch: 128));

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Twenty_steps_of_a_graph_have_the_same_bits_on_1_2_3_and_8_threads_at_512_and_256_bits(string optimizer) =>
        AllTheSame(Threads, Wide, kernels => Graph(kernels, optimizer, rows: 400, new() { StepsPerEpoch = 20, BatchSize = 40 }));

    [Theory]
    [MemberData(nameof(Optimizers))]
    [Trait("Category", "Soak")]
    public void A_whole_training_of_a_graph_has_the_same_bits_on_1_2_3_and_8_threads_at_512_and_256_bits(string optimizer) => AllTheSame(
        Threads, Wide, kernels => Graph(kernels, optimizer, rows: 2000, new() { Epochs = 20, BatchSize = 64, WeightAverage = WeightAverage.Exponential(0.99), Validation = Mixed.Data(200) }));

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_step_of_a_graph_has_the_same_bits_at_every_vector_width(string optimizer) => AllTheSame(
        [1, 3], Enum.GetValues<VectorWidth>(), kernels => Graph(kernels, optimizer, rows: 35, new() { StepsPerEpoch = 1, BatchSize = 35 }));

    [Fact]
    public void A_step_of_convolutions_has_the_same_bits_at_every_vector_width() => AllTheSame([1, 3], Enum.GetValues<VectorWidth>(), kernels =>
    {
        var (x, labels) = Toy.Images(35, [9, 8, 2], seed: 2);
        using var model = FitTests.ImageClassifier(new() { Kernels = kernels });
        var history = model.Fit(x, labels, new() { StepsPerEpoch = 1, BatchSize = 35 });
        return Hash(model, history, model.Predict(x));
    });

    [Fact]
    public void Another_seed_has_other_bits()
    {
        using var kernels = new CpuKernels(1);
        var options = new FitOptions { StepsPerEpoch = 1, BatchSize = 35 };

        Graph(kernels, "SGD", rows: 35, options with { Seed = 1 }).ShouldNotBe(Graph(kernels, "SGD", rows: 35, options));
    }

    private static void AllTheSame(int[] threads, VectorWidth[] widths, Func<CpuKernels, string> run)
    {
        var hashes = new Dictionary<string, string>();
        foreach (var width in widths)
        {
            foreach (var count in threads)
            {
                using var kernels = new CpuKernels(count, width);
                hashes[$"{count} threads, {width}"] = run(kernels);
            }
        }

        var different = hashes.Where(h => h.Value != hashes.Values.First()).Select(h => h.Key);
        different.ShouldBeEmpty($"other bits than on {hashes.Keys.First()}");
    }

    private static string Digits(CpuKernels kernels, int epochs, int steps, int batch)
    {
        var (x, labels) = Mnist.Load("train", 6000);
        var (testX, _) = Mnist.Load("t10k", 256);
        using var model = DigitsNetwork.Create(new() { Seed = 3, Kernels = kernels });
        var history = model.Fit(x, labels, new() { Epochs = epochs, StepsPerEpoch = steps, BatchSize = batch, Seed = 3, Augmentation = DigitsNetwork.Augmentation });
        return Hash(model, history, model.Predict(testX));
    }

    private static string Graph(CpuKernels kernels, string optimizer, int rows, FitOptions options)
    {
        var data = Mixed.Data(rows);
        using var model = Mixed.Network(new() { Seed = 3, Kernels = kernels }, MakeOptimizer[optimizer]());
        var history = model.Fit(data, options);
        return Hash(model, history, model.Predict(data.Inputs));
    }

    private static string Hash(Model model, History history, params ReadOnlySpan<float[]> predictions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in model.Parameters)
            hash.AppendData(MemoryMarshal.AsBytes<float>(parameter.ToArray()));
        foreach (var prediction in predictions)
            hash.AppendData(MemoryMarshal.AsBytes<float>(prediction));
        foreach (var epoch in history.Epochs)
        {
            hash.AppendData(MemoryMarshal.AsBytes<double>([epoch.Loss, .. epoch.Metrics.Values]));
            hash.AppendData(MemoryMarshal.AsBytes<double>([.. epoch.Validation?.Metrics.Values ?? [], epoch.ValidationLoss ?? 0]));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
