using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void DenseForward(in DenseShape shape, Storage x, Storage weight, Storage? bias, in Epilogue epilogue, Storage y)
    {
        Check(shape);
        var (input, weights) = (Source(x, (long)shape.Rows * shape.Inputs), Source(weight, (long)shape.Inputs * shape.Outputs));
        var values = Values(bias, epilogue, shape.Outputs);
        var output = Destination(y, (long)shape.Rows * shape.Outputs);
        _engine.DenseForward(shape, input.Pointer, weights.Pointer, shape.Rows == 1 && IsFinite(weights), values, output.Pointer);
        KeepAlive(x, weight, bias, y, epilogue.Scale, epilogue.Shift);
    }

    /// <inheritdoc/>
    public void DenseInputGradient(in DenseShape shape, Storage dy, Storage weight, Storage dx)
    {
        Check(shape);
        var (gradient, weights) = (Source(dy, (long)shape.Rows * shape.Outputs), Source(weight, (long)shape.Inputs * shape.Outputs));
        _engine.DenseInputGradient(shape, gradient.Pointer, weights.Pointer, Destination(dx, (long)shape.Rows * shape.Inputs).Pointer);
        KeepAlive(dy, weight, dx);
    }

    /// <inheritdoc/>
    public void DenseWeightGradient(in DenseShape shape, Storage x, Storage dy, Storage dWeight, Storage? dBias)
    {
        Check(shape);
        var (input, gradient) = (Source(x, (long)shape.Rows * shape.Inputs), Source(dy, (long)shape.Rows * shape.Outputs));
        var weights = Destination(dWeight, (long)shape.Inputs * shape.Outputs);
        _engine.DenseWeightGradient(shape, input.Pointer, gradient.Pointer, weights.Pointer, Pointer(OptionalDestination(dBias, shape.Outputs)));
        KeepAlive(x, dy, dWeight, dBias);
    }

    /// <inheritdoc/>
    public void Conv2DForward(in Conv2DShape shape, Storage x, Storage kernel, Storage? bias, in Epilogue epilogue, Storage y)
    {
        Check(shape);
        var (input, weights) = (Source(x, InputLength(shape)), Source(kernel, KernelLength(shape)));
        var values = Values(bias, epilogue, shape.Filters);
        _engine.Conv2DForward(shape, input.Pointer, weights, values, Destination(y, OutputLength(shape)).Pointer);
        KeepAlive(x, kernel, bias, y, epilogue.Scale, epilogue.Shift);
    }

    /// <inheritdoc/>
    public void Conv2DInputGradient(in Conv2DShape shape, Storage dy, Storage kernel, Storage dx)
    {
        Check(shape);
        var (gradient, weights) = (Source(dy, OutputLength(shape)), Source(kernel, KernelLength(shape)));
        _engine.Conv2DInputGradient(shape, gradient.Pointer, weights.Pointer, Destination(dx, InputLength(shape)).Pointer);
        KeepAlive(dy, kernel, dx);
    }

    /// <inheritdoc/>
    public void Conv2DWeightGradient(in Conv2DShape shape, Storage x, Storage dy, Storage dKernel, Storage? dBias)
    {
        Check(shape);
        var (input, gradient) = (Source(x, InputLength(shape)), Source(dy, OutputLength(shape)));
        var weights = Destination(dKernel, KernelLength(shape));
        _engine.Conv2DWeightGradient(shape, input.Pointer, gradient.Pointer, weights.Pointer, Pointer(OptionalDestination(dBias, shape.Filters)));
        KeepAlive(x, dy, dKernel, dBias);
    }

    /// <inheritdoc/>
    public void MaxPoolForward(in PoolShape shape, Storage x, Storage y)
    {
        Check(shape);
        _engine.MaxPoolForward(shape, Source(x, InputLength(shape)).Pointer, Destination(y, OutputLength(shape)).Pointer);
        KeepAlive(x, y);
    }

    /// <inheritdoc/>
    public void MaxPoolGradient(in PoolShape shape, Storage x, Storage y, Storage dy, Storage dx)
    {
        Check(shape);
        var (input, output) = (Source(x, InputLength(shape)), Source(y, OutputLength(shape)));
        var gradient = Source(dy, OutputLength(shape));
        _engine.MaxPoolGradient(shape, input.Pointer, output.Pointer, gradient.Pointer, Destination(dx, InputLength(shape)).Pointer);
        KeepAlive(x, y, dy, dx);
    }

    /// <inheritdoc/>
    public void BatchNormStatistics(in ChannelShape shape, Storage x, Storage mean, Storage variance)
    {
        Check(shape);
        var input = Source(x, shape.Length);
        _engine.BatchNormStatistics(shape, input.Pointer, Destination(mean, shape.Channels).Pointer, Destination(variance, shape.Channels).Pointer);
        KeepAlive(x, mean, variance);
    }

    /// <inheritdoc/>
    public void BatchNormForward(in ChannelShape shape, Storage x, Storage mean, Storage variance, Storage gamma, Storage beta, float epsilon, Storage y)
    {
        Check(shape);
        var (input, means, variances) = (Source(x, shape.Length), Source(mean, shape.Channels), Source(variance, shape.Channels));
        var (gammas, betas) = (Source(gamma, shape.Channels), Source(beta, shape.Channels));
        _engine.BatchNormForward(
            shape, input.Pointer, means.Pointer, variances.Pointer, gammas.Pointer, betas.Pointer, epsilon, Destination(y, shape.Length).Pointer);
        KeepAlive(x, mean, variance, gamma, beta, y);
    }

    /// <inheritdoc/>
    public void BatchNormGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        Check(shape);
        var (input, gradient) = (Source(x, shape.Length), Source(dy, shape.Length));
        var (means, variances, gammas) = (Source(mean, shape.Channels), Source(variance, shape.Channels), Source(gamma, shape.Channels));
        var (dGammas, dBetas) = (Destination(dGamma, shape.Channels), Destination(dBeta, shape.Channels));
        _engine.BatchNormGradient(
            shape, input.Pointer, gradient.Pointer, means.Pointer, variances.Pointer, gammas.Pointer, epsilon, dGammas.Pointer, dBetas.Pointer,
            Destination(dx, shape.Length).Pointer);
        KeepAlive(x, dy, mean, variance, gamma, dGamma, dBeta, dx);
    }

    private static float* Pointer(CpuStorage? storage) => storage is null ? null : storage.Pointer;

    private static Engine.EpilogueValues Values(Storage? bias, in Epilogue epilogue, int channels, [CallerMemberName] string kernel = "") => new(
        Pointer(Optional(bias, channels, kernel: kernel)), Pointer(Optional(epilogue.Scale, channels, kernel: kernel)),
        Pointer(Optional(epilogue.Shift, channels, kernel: kernel)), epilogue.Relu);

    /// <summary>Whether no weight is infinite or NaN; looked up once for each state of the weights.</summary>
    private static bool IsFinite(CpuStorage storage)
    {
        if (storage.FiniteVersion == storage.Version)
            return true;
        foreach (var value in storage.Span)
        {
            if (!float.IsFinite(value))
                return false;
        }

        storage.FiniteVersion = storage.Version;
        return true;
    }

    private static long InputLength(in Conv2DShape s) => (long)s.Batch * s.Height * s.Width * s.Channels;

    private static long OutputLength(in Conv2DShape s) => (long)s.Batch * s.OutputHeight * s.OutputWidth * s.Filters;

    private static long KernelLength(in Conv2DShape s) => (long)s.KernelHeight * s.KernelWidth * s.Channels * s.Filters;

    private static long InputLength(in PoolShape s) => (long)s.Batch * s.Height * s.Width * s.Channels;

    private static long OutputLength(in PoolShape s) => (long)s.Batch * s.OutputHeight * s.OutputWidth * s.Channels;
}
