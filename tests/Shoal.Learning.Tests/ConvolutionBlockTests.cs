using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class ConvolutionBlockTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 0)]
    public void The_digits_network_trains_by_blocks_where_that_pays(int threads, int blocks)
    {
        using var kernels = new CpuKernels(threads);
        using var model = DigitsNetwork.Create(new() { Kernels = kernels });

        var layout = new TrainingLayout(model.Graph, [model.Loss], kernels, 128);

        layout.Steps.Count(s => s.Layer is ConvolutionBlock).ShouldBe(blocks);
    }

    [Fact]
    public void Gradients_lie_where_values_were()
    {
        using var kernels = new CpuKernels(1);
        using var model = DigitsNetwork.Create(new() { Kernels = kernels });

        var layout = new TrainingLayout(model.Graph, [model.Loss], kernels, 128);

        var second = layout.Backward.Single(b => b.Step.Layer is ConvolutionBlock && b.Dx[0] >= 0);
        second.Dx[0].ShouldBe(layout.BufferOf(second.Step.Inputs[0]));
        var late = layout.Late.ShouldHaveSingleItem();
        late.Step.Layer.Name.ShouldBe("dense");
        late.Buffer.ShouldBe(layout.BlockBufferOf(1));
        layout.BlockBufferOf(0).ShouldBe(-1);
        layout.Sizes.Sum().ShouldBeLessThan(128 * ((26 * 26 * 32) + (24 * 24 * 32) + (3 * 4608)));
    }

    [Fact]
    public void A_gradient_that_lay_where_values_were_finds_its_place_for_other_batches()
    {
        var (x, labels) = Toy.Images(256, [28, 28, 1], seed: 3);
        using CpuKernels kernels = new(1), others = new(3);
        using Sequential model = DigitsNetwork.Create(new() { Kernels = kernels }), other = DigitsNetwork.Create(new() { Kernels = others });

        foreach (var size in new[] { 128, 8, 128 })
        {
            model.Fit(x, labels, new() { BatchSize = size, StepsPerEpoch = 2 });
            other.Fit(x, labels, new() { BatchSize = size, StepsPerEpoch = 2 });
        }

        FitTests.Weights(model).AsSpan().SequenceEqual(FitTests.Weights(other)).ShouldBeTrue();
    }

    [Fact]
    public void Blocks_have_the_bits_of_the_layers()
    {
        var (x, labels) = Toy.Images(256, [28, 28, 1], seed: 3);
        var options = new FitOptions { BatchSize = 128, StatisticsBatches = 1 };
        using CpuKernels fused = new(1), plain = new(3);
        using Sequential byBlocks = DigitsNetwork.Create(new() { Kernels = fused }), byLayers = DigitsNetwork.Create(new() { Kernels = plain });

        var (first, second) = (byBlocks.Fit(x, labels, options), byLayers.Fit(x, labels, options));

        first.Last.Loss.ShouldBe(second.Last.Loss);
        FitTests.Weights(byBlocks).AsSpan().SequenceEqual(FitTests.Weights(byLayers)).ShouldBeTrue();
    }

    [Fact]
    public void A_step_by_blocks_that_is_not_finite_names_the_layer_in_the_block()
    {
        var (x, labels) = Toy.Images(128, [28, 28, 1], seed: 3);
        using var kernels = new CpuKernels(1);
        using var model = DigitsNetwork.Create(new() { Kernels = kernels });
        var kernel = model.Parameters.Single(p => p.Name == "conv2d_1/kernel");
        kernel.Set([.. Enumerable.Repeat(1e38f, kernel.Shape.Size)]);

        var error = Should.Throw<TrainingFailedException>(() => model.Fit(x, labels, new() { BatchSize = 128, Shuffle = false }));

        error.Layer.ShouldBe("conv2d_1");
    }

    [Fact]
    public void What_somebody_else_reads_is_no_part_of_a_block()
    {
        using var kernels = new CpuKernels(1);
        var x = new Input("x", [28, 28, 1]);
        var normal = x.Then(new Conv2D(32, 3), new BatchNorm());
        var sum = new Add().On(normal.Then(new ReLU()), normal);
        using var model = new Model([x], [sum.Then(new Flatten(), new Dense(2), new Softmax())], new() { Kernels = kernels });

        var layout = new TrainingLayout(model.Graph, [model.Loss], kernels, 128);

        layout.Steps.ShouldNotContain(s => s.Layer is ConvolutionBlock);
    }
}
