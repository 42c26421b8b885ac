using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>A convolution, batch normalisation over its filters, ReLU, and perhaps max pooling, trained together.</summary>
/// <param name="Convolution">Its shape.</param>
/// <param name="Pool">The pooling of its output, or null for none.</param>
[Experimental("SHOAL002")]
public readonly record struct ConvolutionBlockShape(Conv2DShape Convolution, PoolShape? Pool)
{
    /// <summary>The convolution's output as channels.</summary>
    public ChannelShape Channels => new(Convolution.Batch, Convolution.OutputHeight * Convolution.OutputWidth, Convolution.Filters);
}

public partial interface IKernels
{
    /// <summary>
    /// Whether <see cref="ConvolutionBlockForward"/> and <see cref="ConvolutionBlockGradient"/> are there and pay for this shape; else the layers are run
    /// one by one. Asked once, when training is planned, with the largest batch; a smaller last batch may use them too.
    /// </summary>
    bool FusesConvolutionBlock(in ConvolutionBlockShape shape) => false;

    /// <summary>
    /// In training: <see cref="Conv2DForward"/> into <paramref name="convolved"/>, <see cref="BatchNormStatistics"/> of it, then
    /// <see cref="BatchNormForward"/>, <see cref="ReluForward"/> and <see cref="MaxPoolForward"/> into <paramref name="y"/>, with the same bits, while
    /// each image is in the cache.
    /// </summary>
    /// <remarks>
    /// Without pooling <paramref name="convolved"/> may be null: <see cref="ConvolutionBlockGradient"/> then convolves again, which costs less than memory
    /// where a sum has few products.
    /// </remarks>
    /// <exception cref="NotSupportedException">These kernels do not fuse.</exception>
    void ConvolutionBlockForward(
        in ConvolutionBlockShape shape, Storage x, Storage kernel, Storage? bias, Storage gamma, Storage beta, float epsilon, Storage? convolved, Storage mean,
        Storage variance, Storage y) => throw new NotSupportedException($"{GetType().Name} does not fuse convolution blocks; ask FusesConvolutionBlock first.");

    /// <summary>
    /// All gradients of the block from <paramref name="dy"/>, that of its y, with the bits of <see cref="MaxPoolGradient"/>, <see cref="ReluGradient"/>,
    /// <see cref="BatchNormGradient"/>, <see cref="Conv2DWeightGradient"/> and <see cref="Conv2DInputGradient"/> one after the other.
    /// </summary>
    /// <param name="shape">The block.</param>
    /// <param name="x">The input.</param>
    /// <param name="kernel">The convolution's kernel.</param>
    /// <param name="bias">Its bias, or null; read where <paramref name="convolved"/> is null.</param>
    /// <param name="gamma">(Filters).</param>
    /// <param name="beta">(Filters).</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="convolved">What <see cref="ConvolutionBlockForward"/> left there, or null as there.</param>
    /// <param name="mean">The same.</param>
    /// <param name="variance">The same.</param>
    /// <param name="y">The same; read where there is pooling.</param>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="dKernel">Written.</param>
    /// <param name="dBias">Written, or null.</param>
    /// <param name="dGamma">Written.</param>
    /// <param name="dBeta">Written.</param>
    /// <param name="dx">Written, or null where no layer below needs it. May be <paramref name="x"/>, which is not read again.</param>
    /// <exception cref="NotSupportedException">These kernels do not fuse.</exception>
    void ConvolutionBlockGradient(
        in ConvolutionBlockShape shape, Storage x, Storage kernel, Storage? bias, Storage gamma, Storage beta, float epsilon, Storage? convolved, Storage mean,
        Storage variance, Storage y, Storage dy, Storage dKernel, Storage? dBias, Storage dGamma, Storage dBeta, Storage? dx)
        => throw new NotSupportedException($"{GetType().Name} does not fuse convolution blocks; ask FusesConvolutionBlock first.");
}
