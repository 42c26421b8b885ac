namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void LayerNormForward(in ChannelShape shape, Storage x, Storage gamma, Storage beta, float epsilon, Storage y)
    {
        Check(shape);
        var (input, gammas, betas) = (Source(x, shape.Length), Source(gamma, shape.Channels), Source(beta, shape.Channels));
        _engine.LayerNormForward(shape, input.Pointer, gammas.Pointer, betas.Pointer, epsilon, Destination(y, shape.Length).Pointer);
        KeepAlive(x, gamma, beta, y);
    }

    /// <inheritdoc/>
    public void LayerNormGradient(in ChannelShape shape, Storage x, Storage dy, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx)
    {
        Check(shape);
        var (input, gradient, gammas) = (Source(x, shape.Length), Source(dy, shape.Length), Source(gamma, shape.Channels));
        var (dGammas, dBetas) = (Destination(dGamma, shape.Channels), Destination(dBeta, shape.Channels));
        _engine.LayerNormGradient(
            shape, input.Pointer, gradient.Pointer, gammas.Pointer, epsilon, dGammas.Pointer, dBetas.Pointer, Destination(dx, shape.Length).Pointer);
        KeepAlive(x, dy, gamma, dGamma, dBeta, dx);
    }
}
