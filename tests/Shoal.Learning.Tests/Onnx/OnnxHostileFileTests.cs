using Shoal.Learning.Onnx;
using Shoal.Numerics.Kernels;
using Xunit.Abstractions;

namespace Shoal.Learning.Tests;

/// <summary>Golden models with bytes changed, added and taken away: each is read or refused, run or refused, and none takes more memory than it may.</summary>
public sealed class OnnxHostileFileTests(ITestOutputHelper output)
{
    private const long MemoryLimit = 4 << 20;

    // The graph's objects, messages and exceptions have a cost of their own, whatever the file's size.
    private const int Fixed = 300_000;

    [Fact]
    public void Two_thousand_mutated_models_are_read_or_refused_within_twice_their_size() => Mutate(2_000);

    [Fact]
    [Trait("Category", "Soak")]
    public void A_hundred_thousand_mutated_models_are_read_or_refused_within_twice_their_size() => Mutate(100_000);

    private void Mutate(int count)
    {
        var models = new[] { "mlp.onnx", "resblock.onnx", "lenet5.onnx", "cnn.onnx" }.Select(file => new OnnxMutations(OnnxGoldenTests.PathOf(file))).ToArray();
        using var kernels = new CpuKernels(threads: 1);
        var options = new OnnxOptions { Kernels = kernels, MemoryLimit = MemoryLimit };
        var (ran, refused, failed) = (0, 0, 0);
        for (var seed = 0; seed < count; seed++)
        {
            var bytes = models[seed % models.Length].Mutated((ulong)seed);
            var before = GC.GetAllocatedBytesForCurrentThread();
            OnnxModel? model = null;
            try
            {
                model = OnnxModel.Load(new OnnxFile("mutated.onnx", bytes), options);
            }
            catch (ModelFileException e)
            {
                e.Message.ShouldNotContain("\n");
                refused++;
            }

            // The file itself, which the reader keeps, is the first half of the limit.
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(bytes.Length + Fixed, $"seed {seed}");
            using (model)
            {
                if (model is not null && Inputs(model) is { } inputs)
                {
                    try
                    {
                        model.Run(inputs);
                        ran++;
                    }
                    catch (ModelFileException e)
                    {
                        e.Message.ShouldNotContain("\n");
                        failed++;
                    }
                }
            }
        }

        output.WriteLine($"{refused} refused, {failed} refused when run, {ran} ran");
        refused.ShouldBeGreaterThan(count / 4);
        ran.ShouldBeGreaterThan(count / 10);
        failed.ShouldBeGreaterThan(count / 50);
    }

    /// <summary>Zeros of the declared shapes, or null where a mutation declares something large.</summary>
    private static Dictionary<string, OnnxTensor>? Inputs(OnnxModel model)
    {
        var inputs = new Dictionary<string, OnnxTensor>();
        foreach (var input in model.Inputs)
        {
            int[] sizes = [.. (input.Shape ?? []).Select(axis => axis.Size ?? 1)];
            if (OnnxTensor.CountOf(sizes) > 100_000)
                return null;
            inputs[input.Name] = new(input.Type, sizes, new byte[OnnxTensor.CountOf(sizes) * ElementTypes.Size(input.Type)], 0);
        }

        return inputs;
    }
}
