namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>
    /// Normalises each position on its own, over its channels: y = gamma·(x−mean)/sqrt(variance+epsilon) + beta with mean and biased variance of
    /// the channels; <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    void LayerNormForward(in ChannelShape shape, Storage x, Storage gamma, Storage beta, float epsilon, Storage y);

    /// <summary>
    /// dgamma = Σ dy·x̂ and dbeta = Σ dy over batch and positions, through shards; dx = rstd·(g − mean(g) − x̂·mean(g·x̂)) with g = gamma·dy and
    /// means over the channels. <paramref name="dx"/> may be <paramref name="dy"/>.
    /// </summary>
    void LayerNormGradient(in ChannelShape shape, Storage x, Storage dy, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx);
}
