namespace Shoal.Learning;

/// <summary>Where the mean and variance come from that <see cref="BatchNorm"/> uses outside training.</summary>
public enum BatchNormStatistics
{
    /// <summary>
    /// Right after a short run: moving averages that forget their first values (the correction of Adam's moments), and at the end of
    /// <c>Fit</c> the plain average over some training batches.
    /// </summary>
    Accurate,

    /// <summary>
    /// Keras' own: moving averages that start at mean 0 and variance 1. With momentum 0.99 they are far off for the first several hundred
    /// steps: after 230 steps of the digits network they give a test accuracy of about 0.2 where the weights are good for 0.98.
    /// </summary>
    Keras,
}
