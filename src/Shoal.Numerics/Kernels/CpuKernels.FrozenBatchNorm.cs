namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void BatchNormFrozenGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        Check(shape);
        var (input, gradient) = (Source(x, shape.Length), Source(dy, shape.Length));
        var (means, variances, gammas) = (Source(mean, shape.Channels), Source(variance, shape.Channels), Source(gamma, shape.Channels));
        var (dGammas, dBetas) = (Destination(dGamma, shape.Channels), Destination(dBeta, shape.Channels));
        _engine.BatchNormFrozenGradient(
            shape, input.Pointer, gradient.Pointer, means.Pointer, variances.Pointer, gammas.Pointer, epsilon, dGammas.Pointer, dBetas.Pointer,
            Destination(dx, shape.Length).Pointer);
        KeepAlive(x, dy, mean, variance, gamma, dGamma, dBeta, dx);
    }
}
