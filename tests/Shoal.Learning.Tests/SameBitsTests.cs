using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>The mission's training has the same bits whatever computes it: the weights and the probabilities of 256 test rows are compared by their hash.</summary>
public sealed class SameBitsTests
{
    [SkippableFact]
    [Trait("Category", "Slow")]
    public void A_whole_training_has_the_same_bits_on_1_2_and_3_threads()
    {
        var hashes = new[] { 1, 2, 3 }.Select(threads => Train(epochs: 5, steps: 46, threads, width: null)).ToArray();

        hashes.ShouldAllBe(hash => hash == hashes[0]);
    }

    [SkippableFact]
    [Trait("Category", "Slow")]
    public void Twenty_steps_have_the_same_bits_at_512_and_256_bits()
    {
        var wide = Train(epochs: 1, steps: 20, threads: 2, VectorWidth.Bits512);
        var narrow = Train(epochs: 1, steps: 20, threads: 2, VectorWidth.Bits256);

        wide.ShouldBe(narrow);
    }

    [SkippableFact]
    [Trait("Category", "Soak")]
    public void A_whole_training_has_the_same_bits_at_512_and_256_bits()
    {
        var wide = Train(epochs: 5, steps: 46, threads: 2, VectorWidth.Bits512);
        var narrow = Train(epochs: 5, steps: 46, threads: 2, VectorWidth.Bits256);

        wide.ShouldBe(narrow);
    }

    private static string Train(int epochs, int steps, int threads, VectorWidth? width)
    {
        var (x, labels) = Mnist.Load("train", 6000);
        var (testX, _) = Mnist.Load("t10k", 256);
        using var kernels = new CpuKernels(threads, width);
        using var model = DigitsNetwork.Create(new() { Seed = 3, Kernels = kernels });
        model.Fit(x, labels, new() { Epochs = epochs, StepsPerEpoch = steps, BatchSize = 128, Seed = 3, Augmentation = DigitsNetwork.Augmentation });
        var folder = Directory.CreateTempSubdirectory("shoal-bits-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.safetensors");
            model.Save(path);
            var weights = SHA256.HashData(File.ReadAllBytes(path));
            var probabilities = SHA256.HashData(MemoryMarshal.AsBytes<float>(model.Predict(testX)));
            return Convert.ToHexString(weights) + Convert.ToHexString(probabilities);
        }
        finally
        {
            folder.Delete(true);
        }
    }
}
