namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>
    /// The gradient of <see cref="BatchNormForward"/> where mean and variance do not depend on the batch: dgamma = Σ dy·x̂, dbeta = Σ dy, through
    /// shards as in <see cref="BatchNormGradient"/>; dx = dy·gamma·rstd. <paramref name="dx"/> may be <paramref name="dy"/>.
    /// </summary>
    void BatchNormFrozenGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx);
}
