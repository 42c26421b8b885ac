using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    private const ulong PinnedHash = 6874254332526568611UL;

    [Fact]
    public void The_bits_of_a_small_step_never_change()
    {
        var conv = new Conv2DShape(18, 9, 8, 3, 3, 3, 20, 1, 1, true);
        var (positions, length) = (72, 18 * 72 * 20);
        var pool = new PoolShape(18, 9, 8, 20, 2, 2, 2, 2, false);
        var dense = new DenseShape(18, 4 * 4 * 20, 11);
        var channels = new ChannelShape(18, positions, 20);
        using Storage targets = Put([.. Enumerable.Range(0, 198).Select(i => i % 11 == i / 11 % 11 ? 1f : 0f)]), x = Put(Pseudo(18 * 72 * 3)), k = Put(Pseudo(540)), bias = Put(Pseudo(20)), gamma = Put(Pseudo(20)), w = Put(Pseudo(320 * 11));
        using Storage a = _kernels.Allocate(length), b = _kernels.Allocate(length), c = _kernels.Allocate(length), mean = _kernels.Allocate(20), variance = _kernels.Allocate(20);
        using Storage pooled = _kernels.Allocate(18 * 320), logits = _kernels.Allocate(198), d = _kernels.Allocate(198), losses = _kernels.Allocate(18);
        using Storage dPooled = _kernels.Allocate(18 * 320), dw = _kernels.Allocate(3520), m = _kernels.Allocate(3520), v = _kernels.Allocate(3520);
        using Storage dGamma = _kernels.Allocate(20), dBeta = _kernels.Allocate(20), dk = _kernels.Allocate(540), dx = _kernels.Allocate(18 * 72 * 3);

        _kernels.Conv2DForward(conv, x, k, bias, new Epilogue(null, null, true), a);
        _kernels.BatchNormStatistics(channels, a, mean, variance);
        _kernels.BatchNormForward(channels, a, mean, variance, gamma, bias, 1e-3f, b);
        _kernels.MaxPoolForward(pool, b, pooled);
        _kernels.Dropout(18 * 320, 0.2f, 3, 4, pooled, pooled);
        _kernels.DenseForward(dense, pooled, w, null, default, logits);
        _kernels.SoftmaxCrossEntropy(18, 11, logits, targets, losses, d);
        _kernels.DenseInputGradient(dense, d, w, dPooled);
        _kernels.DenseWeightGradient(dense, pooled, d, dw, null);
        _kernels.MaxPoolForward(pool, b, pooled);
        _kernels.MaxPoolGradient(pool, b, pooled, dPooled, c);
        _kernels.BatchNormGradient(channels, a, c, mean, variance, gamma, 1e-3f, dGamma, dBeta, c);
        _kernels.ReluGradient(length, a, c, c);
        _kernels.Conv2DWeightGradient(conv, x, c, dk, null);
        _kernels.Conv2DInputGradient(conv, c, k, dx);
        _kernels.Adam(3520, w, dw, m, v, null, 1e-3f, 0.9f, 0.999f, 1e-7f, WeightUpdate.Plain);

        var hash = 14695981039346656037UL;
        foreach (var value in new[] { losses, dGamma, dBeta, dk, dx, w }.SelectMany(Take))
            hash = (hash ^ (uint)BitConverter.SingleToInt32Bits(value)) * 1099511628211UL;
        hash.ShouldBe(PinnedHash);
    }

    /// <summary>Exact multiples of 2^-9, the same for ever.</summary>
    private static float[] Pseudo(int length) => [.. Enumerable.Range(0, length).Select(i => (((i * 7919) + (i / 13 * 31)) % 1021 / 512f) - 1f)];
}
