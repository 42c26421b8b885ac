using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>
/// The arithmetic of a neural network on one device. Layers know their numbers only through this interface.
/// </summary>
/// <remarks>
/// Images are channels-last, all arrays row-major float32. Every result has the same bits for any number of threads and any vector
/// width: each output is one chain of fused multiply-adds in a fixed order, and sums over the batch go through shards of
/// <see cref="ShardRows"/> rows (by position in the batch), one chain within a shard, and a fixed binary tree over the shards.
/// One instance is used by one thread at a time; it may use several threads inside. Kernels do not allocate once their shapes have been seen.
/// Unless said, a destination must not overlap a source.
/// </remarks>
[Experimental("SHOAL002")]
public partial interface IKernels : IDisposable
{
    /// <summary>Rows of the batch in one shard of a sum over the batch.</summary>
    const int ShardRows = 16;

    /// <summary>For people: device, threads and vector width.</summary>
    string Description { get; }

    /// <summary>Threads that one kernel uses.</summary>
    int Threads { get; }

    /// <summary>A run of zeros.</summary>
    Storage Allocate(int length);

    /// <summary>Copies into a storage from <paramref name="offset"/> on.</summary>
    void Write(ReadOnlySpan<float> source, Storage destination, int offset = 0);

    /// <summary>Copies out of a storage from <paramref name="offset"/> on.</summary>
    void Read(Storage source, Span<float> destination, int offset = 0);

    /// <summary>Sets the first <paramref name="length"/> values.</summary>
    void Fill(Storage destination, int length, float value);

    /// <summary>Copies the first <paramref name="length"/> values.</summary>
    void Copy(Storage source, int length, Storage destination);

    /// <summary>y = epilogue(x·weight + bias); one chain over the inputs, the bias added after it.</summary>
    void DenseForward(in DenseShape shape, Storage x, Storage weight, Storage? bias, in Epilogue epilogue, Storage y);

    /// <summary>dx = dy·weightᵀ.</summary>
    void DenseInputGradient(in DenseShape shape, Storage dy, Storage weight, Storage dx);

    /// <summary>dWeight = xᵀ·dy and dBias = sum of dy over the rows, both through shards.</summary>
    void DenseWeightGradient(in DenseShape shape, Storage x, Storage dy, Storage dWeight, Storage? dBias);

    /// <summary>
    /// y = epilogue(conv(x, kernel) + bias); one chain over (kernel row, kernel column, channel), rows outside the image left out, columns outside as zeros.
    /// 3×3 kernels with stride 1 and at least 16 channels and filters, and their gradients, go by Winograd's F(2×2, 3×3); README.md beside this file has their order.
    /// </summary>
    void Conv2DForward(in Conv2DShape shape, Storage x, Storage kernel, Storage? bias, in Epilogue epilogue, Storage y);

    /// <summary>The gradient by x of a convolution.</summary>
    void Conv2DInputGradient(in Conv2DShape shape, Storage dy, Storage kernel, Storage dx);

    /// <summary>The gradients by kernel and bias of a convolution, through shards.</summary>
    void Conv2DWeightGradient(in Conv2DShape shape, Storage x, Storage dy, Storage dKernel, Storage? dBias);

    /// <summary>The largest value of each window; padding never wins.</summary>
    void MaxPoolForward(in PoolShape shape, Storage x, Storage y);

    /// <summary>Hands each window's whole gradient to its first largest value in row-major order.</summary>
    void MaxPoolGradient(in PoolShape shape, Storage x, Storage y, Storage dy, Storage dx);

    /// <summary>Mean and biased variance of each channel over batch and positions, through shards.</summary>
    void BatchNormStatistics(in ChannelShape shape, Storage x, Storage mean, Storage variance);

    /// <summary>y = gamma·(x−mean)/sqrt(variance+epsilon) + beta.</summary>
    void BatchNormForward(in ChannelShape shape, Storage x, Storage mean, Storage variance, Storage gamma, Storage beta, float epsilon, Storage y);

    /// <summary>
    /// dgamma = Σ dy·x̂, dbeta = Σ dy, dx = gamma·rstd/N·(N·dy − dbeta − x̂·dgamma), with N = Batch·Positions and the batch's own statistics.
    /// <paramref name="dx"/> may be <paramref name="dy"/>.
    /// </summary>
    void BatchNormGradient(
        in ChannelShape shape, Storage x, Storage dy, Storage mean, Storage variance, Storage gamma, float epsilon, Storage dGamma, Storage dBeta, Storage dx);

    /// <summary>y = x &lt; 0 ? 0 : x, so that NaN passes; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    void ReluForward(int length, Storage x, Storage y);

    /// <summary>dx = dy where y &gt; 0, else 0; <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    void ReluGradient(int length, Storage y, Storage dy, Storage dx);

    /// <summary>
    /// Keeps a value with probability 1−<paramref name="rate"/> and divides it by that, else 0. Value i keeps by word i mod 4 of
    /// <see cref="Philox.Draw"/>(<paramref name="seed"/>, i / 4, <paramref name="step"/>), if <see cref="Philox.ToSingle"/> of it is at least the rate. The gradient is the same call on dy. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    void Dropout(int length, float rate, ulong seed, ulong step, Storage x, Storage y);

    /// <summary>Row-wise softmax of logits (rows, classes), each row's maximum subtracted first; <paramref name="probabilities"/> may be <paramref name="logits"/>.</summary>
    void Softmax(int rows, int classes, Storage logits, Storage probabilities);

    /// <summary>
    /// From logits (rows, classes) and targets of the same shape: the cross-entropy of each row in <paramref name="losses"/> (rows), and in
    /// <paramref name="dLogits"/> (rows, classes) the gradient of their mean.
    /// </summary>
    void SoftmaxCrossEntropy(int rows, int classes, Storage logits, Storage targets, Storage losses, Storage dLogits);
}
