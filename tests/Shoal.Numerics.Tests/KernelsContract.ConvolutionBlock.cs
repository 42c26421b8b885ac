using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    /// <summary>A convolution, and the pool's height, width and strides, 0 for none.</summary>
    public static TheoryData<Conv2DShape, int, int> Blocks => new()
    {
        { new(5, 8, 7, 1, 3, 3, 5, 1, 1, false), 0, 0 }, { new(18, 9, 8, 3, 3, 3, 20, 1, 1, true), 2, 2 }, { new(3, 11, 9, 2, 5, 5, 9, 2, 1, true), 3, 1 },
        { new(2, 8, 8, 16, 3, 3, 16, 1, 1, false), 2, 2 }, { new(33, 7, 6, 17, 3, 3, 19, 1, 1, true), 0, 0 }, { new(49, 6, 7, 16, 3, 3, 33, 1, 1, false), 2, 2 },
        { new(20, 28, 28, 1, 3, 3, 32, 1, 1, false), 0, 0 },
    };

    public static TheoryData<Conv2DShape> BlocksWithoutPool => new()
    {
        new(5, 8, 7, 1, 3, 3, 5, 1, 1, false), new(18, 9, 8, 3, 3, 3, 20, 1, 1, true), new(3, 11, 9, 2, 5, 5, 9, 2, 1, true), new(33, 7, 6, 17, 3, 3, 19, 1, 1, true),
        new(20, 28, 28, 1, 3, 3, 32, 1, 1, false),
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_convolution_block_has_the_bits_of_its_layers_one_by_one(Conv2DShape s, int window, int stride)
    {
        var pool = window == 0 ? (PoolShape?)null : new(s.Batch, s.OutputHeight, s.OutputWidth, s.Filters, window, window, stride, stride, false);
        var shape = new ConvolutionBlockShape(s, pool);
        var (channels, length, outputs) = (shape.Channels, shape.Channels.Length, shape.Channels.Length);
        if (pool is { } p)
            outputs = p.Batch * p.OutputHeight * p.OutputWidth * p.Channels;
        using Storage x = Put(Numbers(s.Batch * s.Height * s.Width * s.Channels, 1)), kernel = Put(Numbers(s.KernelHeight * s.KernelWidth * s.Channels * s.Filters, 2));
        using Storage bias = Put(Numbers(s.Filters, 3)), gamma = Put(Numbers(s.Filters, 4)), beta = Put(Numbers(s.Filters, 5)), dy = Put(Numbers(outputs, 6));
        using Storage z = _kernels.Allocate(length), a = _kernels.Allocate(length), y = _kernels.Allocate(outputs), g = _kernels.Allocate(length);
        Storage[] sizes = [z, Of(s.Filters), Of(s.Filters), y, kernel, Of(s.Filters), Of(s.Filters), Of(s.Filters), x];
        Storage[] one = [.. sizes.Select(size => Of(size.Length))], fused = [.. sizes.Select(size => Of(size.Length))];
        _kernels.Conv2DForward(s, x, kernel, bias, default, one[0]);
        _kernels.BatchNormStatistics(channels, one[0], one[1], one[2]);
        _kernels.BatchNormForward(channels, one[0], one[1], one[2], gamma, beta, 1e-3f, a);
        _kernels.ReluForward(length, a, a);
        _kernels.Copy(a, Math.Min(length, outputs), one[3]);
        _kernels.Copy(dy, outputs, g);
        if (pool is { } pooling)
        {
            _kernels.MaxPoolForward(pooling, a, one[3]);
            _kernels.MaxPoolGradient(pooling, a, one[3], dy, g);
        }

        _kernels.ReluGradient(length, a, g, g);
        _kernels.BatchNormGradient(channels, one[0], g, one[1], one[2], gamma, 1e-3f, one[6], one[7], g);
        _kernels.Conv2DWeightGradient(s, x, g, one[4], one[5]);
        _kernels.Conv2DInputGradient(s, g, kernel, one[8]);

        _kernels.ConvolutionBlockForward(shape, x, kernel, bias, gamma, beta, 1e-3f, fused[0], fused[1], fused[2], fused[3]);
        _kernels.Copy(x, x.Length, fused[8]);
        _kernels.ConvolutionBlockGradient(
            shape, fused[8], kernel, bias, gamma, beta, 1e-3f, fused[0], fused[1], fused[2], fused[3], dy, fused[4], fused[5], fused[6], fused[7], fused[8]);

        string[] names = ["convolved", "mean", "variance", "y", "dKernel", "dBias", "dGamma", "dBeta", "dx over x"];
        for (var i = 0; i < names.Length; i++)
            ShouldBeSameBits(Take(fused[i]), Take(one[i]), names[i]);
        Storage Of(int count) => _kernels.Allocate(count);
    }

    [Theory]
    [MemberData(nameof(BlocksWithoutPool))]
    public void A_convolution_block_that_keeps_nothing_has_the_same_bits(Conv2DShape s)
    {
        var shape = new ConvolutionBlockShape(s, null);
        var length = shape.Channels.Length;
        using Storage x = Put(Numbers(s.Batch * s.Height * s.Width * s.Channels, 1)), kernel = Put(Numbers(s.KernelHeight * s.KernelWidth * s.Channels * s.Filters, 2));
        using Storage bias = Put(Numbers(s.Filters, 3)), gamma = Put(Numbers(s.Filters, 4)), beta = Put(Numbers(s.Filters, 5)), dy = Put(Numbers(length, 6));

        var (keeps, again) = (Run(_kernels.Allocate(length)), Run(null));

        for (var i = 0; i < keeps.Length; i++)
            ShouldBeSameBits(Take(again[i]), Take(keeps[i]), $"{i}");

        Storage[] Run(Storage? convolved)
        {
            int[] sizes = [s.Filters, s.Filters, length, kernel.Length, s.Filters, s.Filters, s.Filters, x.Length];
            Storage[] r = [.. sizes.Select(_kernels.Allocate)];
            _kernels.Copy(x, x.Length, r[7]);
            _kernels.ConvolutionBlockForward(shape, r[7], kernel, bias, gamma, beta, 1e-3f, convolved, r[0], r[1], r[2]);
            _kernels.ConvolutionBlockGradient(shape, r[7], kernel, bias, gamma, beta, 1e-3f, convolved, r[0], r[1], r[2], dy, r[3], r[4], r[5], r[6], r[7]);
            return r;
        }
    }

    [Fact]
    public void A_block_that_pools_must_keep()
    {
        using var x = _kernels.Allocate(10_000);
        var shape = new ConvolutionBlockShape(new(1, 8, 8, 1, 3, 3, 1, 1, 1, false), new PoolShape(1, 6, 6, 1, 2, 2, 2, 2, false));

        Should.Throw<ArgumentException>(() => _kernels.ConvolutionBlockForward(shape, x, x, null, x, x, 1e-3f, null, x, x, x)).Message.ShouldContain("kept");
    }

    [Fact]
    public void A_lowest_convolution_block_needs_no_input_gradient_and_a_warm_one_allocates_nothing()
    {
        var shape = new ConvolutionBlockShape(new(20, 8, 8, 16, 3, 3, 16, 1, 1, false), new PoolShape(20, 6, 6, 16, 2, 2, 2, 2, false));
        using Storage x = Put(Numbers(20 * 64 * 16, 1)), k = Put(Numbers(9 * 256, 2)), z = _kernels.Allocate(20 * 36 * 16), y = _kernels.Allocate(20 * 9 * 16);
        using Storage a = Put(Numbers(16, 3)), b = Put(Numbers(16, 4)), mean = _kernels.Allocate(16), variance = _kernels.Allocate(16), dk = _kernels.Allocate(9 * 256);
        void Step()
        {
            _kernels.ConvolutionBlockForward(shape, x, k, null, a, b, 1e-3f, z, mean, variance, y);
            _kernels.ConvolutionBlockGradient(shape, x, k, null, a, b, 1e-3f, z, mean, variance, y, y, dk, null, a, b, null);
        }

        Step();
        Step();

        AllocatedBytes.Least(Step).ShouldBe(0);
        Take(dk).ShouldContain(value => value != 0);
    }

    [Fact]
    public void A_pool_that_does_not_take_the_convolution_is_an_error()
    {
        using var x = _kernels.Allocate(10_000);
        var shape = new ConvolutionBlockShape(new(1, 8, 8, 1, 3, 3, 1, 1, 1, false), new PoolShape(1, 8, 8, 1, 2, 2, 2, 2, false));

        Should.Throw<ArgumentException>(() => _kernels.ConvolutionBlockForward(shape, x, x, null, x, x, 1e-3f, x, x, x, x)).Message.ShouldContain("does not take");
    }
}
