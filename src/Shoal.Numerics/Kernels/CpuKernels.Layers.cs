using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels;

public sealed partial class CpuKernels
{
    /// <inheritdoc/>
    public void DenseForward(in DenseShape shape, Storage x, Storage weight, Storage? bias, in Epilogue epilogue, Storage y)
    {
        Check(shape);
        ScalarMeaning.DenseForward(
            shape, Source(x, (long)shape.Rows * shape.Inputs).Span, Source(weight, (long)shape.Inputs * shape.Outputs).Span, Span(Optional(bias, shape.Outputs)),
            Span(Optional(epilogue.Scale, shape.Outputs)), Span(Optional(epilogue.Shift, shape.Outputs)), epilogue.Relu,
            Destination(y, (long)shape.Rows * shape.Outputs).Span);
    }

    /// <inheritdoc/>
    public void DenseInputGradient(in DenseShape shape, Storage dy, Storage weight, Storage dx)
    {
        Check(shape);
        ScalarMeaning.DenseInputGradient(
            shape, Source(dy, (long)shape.Rows * shape.Outputs).Span, Source(weight, (long)shape.Inputs * shape.Outputs).Span,
            Destination(dx, (long)shape.Rows * shape.Inputs).Span);
    }

    /// <inheritdoc/>
    public void DenseWeightGradient(in DenseShape shape, Storage x, Storage dy, Storage dWeight, Storage? dBias)
    {
        Check(shape);
        ScalarMeaning.DenseWeightGradient(
            shape, Source(x, (long)shape.Rows * shape.Inputs).Span, Source(dy, (long)shape.Rows * shape.Outputs).Span,
            Destination(dWeight, (long)shape.Inputs * shape.Outputs).Span, Span(OptionalDestination(dBias, shape.Outputs)));
    }

    /// <inheritdoc/>
    public void Conv2DForward(in Conv2DShape shape, Storage x, Storage kernel, Storage? bias, in Epilogue epilogue, Storage y)
    {
        Check(shape);
        ScalarMeaning.Conv2DForward(
            shape, Source(x, InputLength(shape)).Span, Source(kernel, KernelLength(shape)).Span, Span(Optional(bias, shape.Filters)),
            Span(Optional(epilogue.Scale, shape.Filters)), Span(Optional(epilogue.Shift, shape.Filters)), epilogue.Relu, Destination(y, OutputLength(shape)).Span);
    }

    /// <inheritdoc/>
    public void Conv2DInputGradient(in Conv2DShape shape, Storage dy, Storage kernel, Storage dx)
    {
        Check(shape);
        ScalarMeaning.Conv2DInputGradient(
            shape, Source(dy, OutputLength(shape)).Span, Source(kernel, KernelLength(shape)).Span, Destination(dx, InputLength(shape)).Span[..(int)InputLength(shape)]);
    }

    /// <inheritdoc/>
    public void Conv2DWeightGradient(in Conv2DShape shape, Storage x, Storage dy, Storage dKernel, Storage? dBias)
    {
        Check(shape);
        ScalarMeaning.Conv2DWeightGradient(
            shape, Source(x, InputLength(shape)).Span, Source(dy, OutputLength(shape)).Span, Destination(dKernel, KernelLength(shape)).Span,
            Span(OptionalDestination(dBias, shape.Filters)));
    }

    /// <inheritdoc/>
    public void MaxPoolForward(in PoolShape shape, Storage x, Storage y)
    {
        Check(shape);
        ScalarMeaning.MaxPoolForward(shape, Source(x, InputLength(shape)).Span, Destination(y, OutputLength(shape)).Span);
    }

    /// <inheritdoc/>
    public void MaxPoolGradient(in PoolShape shape, Storage x, Storage y, Storage dy, Storage dx)
    {
        Check(shape);
        Source(y, OutputLength(shape));
        ScalarMeaning.MaxPoolGradient(
            shape, Source(x, InputLength(shape)).Span, Source(dy, OutputLength(shape)).Span, Destination(dx, InputLength(shape)).Span[..(int)InputLength(shape)]);
    }

    /// <inheritdoc/>
    public void BatchNormStatistics(in ChannelShape shape, Storage x, Storage mean, Storage variance)
    {
        Check(shape);
        ScalarMeaning.BatchNormStatistics(
            shape, Source(x, shape.Length).Span, Destination(mean, shape.Channels).Span, Destination(variance, shape.Channels).Span);
    }

    /// <inheritdoc/>
    public void BatchNormForward(in ChannelShape shape, Storage x, Storage mean, Storage variance, Storage gamma, Storage beta, float epsilon, Storage y)
    {
        Check(shape);
        ScalarMeaning.BatchNormForward(
            shape, Source(x, shape.Length).Span, Source(mean, shape.Channels).Span, Source(variance, shape.Channels).Span,
            Source(gamma, shape.Channels).Span, Source(beta, shape.Channels).Span, epsilon, Destination(y, shape.Length).Span);
    }

    /// <inheritdoc/>
    public void BatchNormGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        Check(shape);
        ScalarMeaning.BatchNormGradient(
            shape, Source(x, shape.Length).Span, Source(dy, shape.Length).Span, Source(mean, shape.Channels).Span, Source(variance, shape.Channels).Span,
            Source(gamma, shape.Channels).Span, epsilon, Destination(dGamma, shape.Channels).Span, Destination(dBeta, shape.Channels).Span,
            Destination(dx, shape.Length).Span);
    }

    private static Span<float> Span(CpuStorage? storage) => storage is null ? default : storage.Span;

    private static long InputLength(in Conv2DShape s) => (long)s.Batch * s.Height * s.Width * s.Channels;

    private static long OutputLength(in Conv2DShape s) => (long)s.Batch * s.OutputHeight * s.OutputWidth * s.Filters;

    private static long KernelLength(in Conv2DShape s) => (long)s.KernelHeight * s.KernelWidth * s.Channels * s.Filters;

    private static long InputLength(in PoolShape s) => (long)s.Batch * s.Height * s.Width * s.Channels;

    private static long OutputLength(in PoolShape s) => (long)s.Batch * s.OutputHeight * s.OutputWidth * s.Channels;
}
