using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <summary>It pays where the shards of a batch share out evenly over the threads; a batch of 128 has 8.</summary>
    /// <inheritdoc/>
    public bool FusesConvolutionBlock(in ConvolutionBlockShape shape)
    {
        var shards = ShardParts.ShardsOf(shape.Convolution.Batch);
        return shards % Threads == 0 || shards >= 4 * Threads;
    }

    /// <inheritdoc/>
    public void ConvolutionBlockForward(
        in ConvolutionBlockShape shape, Storage x, Storage kernel, Storage? bias, Storage gamma, Storage beta, float epsilon, Storage? convolved, Storage mean,
        Storage variance, Storage y)
    {
        Check(shape, convolved);
        var s = shape.Convolution;
        var (input, weights) = (Source(x, InputLength(s)), Source(kernel, KernelLength(s)));
        var values = Values(bias, default, s.Filters);
        _engine.ConvolutionBlockForward(shape, input.Pointer, weights, values, new Engine.NormValues
        {
            Gamma = Source(gamma, s.Filters).Pointer,
            Beta = Source(beta, s.Filters).Pointer,
            Epsilon = epsilon,
            Mean = Destination(mean, s.Filters).Pointer,
            Variance = Destination(variance, s.Filters).Pointer,
        }, Pointer(OptionalDestination(convolved, OutputLength(s))), Destination(y, OutputLength(shape)).Pointer);
        KeepAlive(x, kernel, bias, gamma, beta, convolved, mean, variance, y);
    }

    /// <inheritdoc/>
    public void ConvolutionBlockGradient(
        in ConvolutionBlockShape shape, Storage x, Storage kernel, Storage? bias, Storage gamma, Storage beta, float epsilon, Storage? convolved, Storage mean,
        Storage variance, Storage y, Storage dy, Storage dKernel, Storage? dBias, Storage dGamma, Storage dBeta, Storage? dx)
    {
        Check(shape, convolved);
        var s = shape.Convolution;
        var (input, weights) = (Source(x, InputLength(s)), Source(kernel, KernelLength(s)));
        var values = Values(bias, default, s.Filters);
        var (z, output, gradient) = (Optional(convolved, OutputLength(s)), Source(y, OutputLength(shape)), Source(dy, OutputLength(shape)));
        _engine.ConvolutionBlockGradient(shape, input.Pointer, weights, values, new Engine.NormValues
        {
            Gamma = Source(gamma, s.Filters).Pointer,
            Beta = Source(beta, s.Filters).Pointer,
            Epsilon = epsilon,
            Mean = Source(mean, s.Filters).Pointer,
            Variance = Source(variance, s.Filters).Pointer,
        }, Pointer(z), output.Pointer, gradient.Pointer, new Engine.BlockGradients
        {
            Kernel = Destination(dKernel, KernelLength(s)).Pointer,
            Bias = Pointer(OptionalDestination(dBias, s.Filters)),
            Gamma = Destination(dGamma, s.Filters).Pointer,
            Beta = Destination(dBeta, s.Filters).Pointer,
            Input = Pointer(OptionalDestination(dx, InputLength(s))),
        });
        KeepAlive(x, kernel, bias, gamma, beta, convolved, mean, variance, y, dy, dKernel, dBias, dGamma, dBeta, dx);
    }

    private static void Check(in ConvolutionBlockShape shape, Storage? convolved)
    {
        Check(shape.Convolution, nameof(ConvolutionBlockForward));
        if (convolved is null && shape.Pool is not null)
            throw new ArgumentException("ConvolutionBlock: with pooling the convolved images must be kept, but convolved is null.");
        if (shape.Pool is not { } pool)
            return;
        Check(pool, nameof(ConvolutionBlockForward));
        var s = shape.Convolution;
        if ((pool.Batch, pool.Height, pool.Width, pool.Channels) != (s.Batch, s.OutputHeight, s.OutputWidth, s.Filters))
            throw new ArgumentException($"ConvolutionBlock: {pool} does not take the output of {s}.");
    }

    private static long OutputLength(in ConvolutionBlockShape shape) => shape.Pool is { } pool ? OutputLength(pool) : OutputLength(shape.Convolution);
}
