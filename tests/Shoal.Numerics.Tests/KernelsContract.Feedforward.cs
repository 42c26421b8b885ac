using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    [Theory]
    [MemberData(nameof(Pools))]
    public void Average_pooling_has_the_bits_of_its_meaning(PoolShape s)
    {
        var outputs = s.Batch * s.OutputHeight * s.OutputWidth * s.Channels;
        var (x, dy) = (Numbers(s.Batch * s.Height * s.Width * s.Channels, 1), Numbers(outputs, 2));
        var (y, dx) = (new float[outputs], new float[x.Length]);
        ScalarMeaning.AveragePoolForward(s, x, y);
        ScalarMeaning.AveragePoolGradient(s, dy, dx);
        using Storage sy = _kernels.Allocate(outputs), sdx = Put(Numbers(x.Length, 3));

        _kernels.AveragePoolForward(s, Put(x), sy);
        _kernels.AveragePoolGradient(s, Put(dy), sdx);

        ShouldBeSameBits(Take(sy), y, "y");
        ShouldBeSameBits(Take(sdx), dx, "dx");
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Layer_normalisation_has_the_bits_of_its_meaning(ChannelShape s)
    {
        var (x, dy, gamma, beta) = (Numbers(s.Length, 1), Numbers(s.Length, 2), Numbers(s.Channels, 3), Numbers(s.Channels, 4));
        var (y, dx, dGamma, dBeta) = (new float[s.Length], new float[s.Length], new float[s.Channels], new float[s.Channels]);
        ScalarMeaning.LayerNormForward(s, x, gamma, beta, 1e-3f, y);
        ScalarMeaning.LayerNormGradient(s, x, dy, gamma, 1e-3f, dGamma, dBeta, dx);
        using Storage sx = Put(x), sGamma = Put(gamma), sBeta = Put(beta), sdy = Put(dy), sy = _kernels.Allocate(s.Length);
        using Storage sdGamma = _kernels.Allocate(s.Channels), sdBeta = _kernels.Allocate(s.Channels), sdx = _kernels.Allocate(s.Length);

        _kernels.LayerNormForward(s, sx, sGamma, sBeta, 1e-3f, sy);
        _kernels.LayerNormGradient(s, sx, sdy, sGamma, 1e-3f, sdGamma, sdBeta, sdx);
        ShouldBeSameBits(Take(sy), y, "y");
        ShouldBeSameBits(Take(sdx), dx, "dx");
        ShouldBeSameBits(Take(sdGamma), dGamma, "dGamma");
        ShouldBeSameBits(Take(sdBeta), dBeta, "dBeta");

        _kernels.LayerNormGradient(s, sx, sdy, sGamma, 1e-3f, sdGamma, sdBeta, sdy);
        _kernels.LayerNormForward(s, sx, sGamma, sBeta, 1e-3f, sx);
        ShouldBeSameBits(Take(sdy), dx, "dx in place");
        ShouldBeSameBits(Take(sx), y, "y in place");
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void The_gradient_of_a_frozen_batch_normalisation_has_the_bits_of_its_meaning(ChannelShape s)
    {
        var (x, dy, mean, gamma) = (Numbers(s.Length, 1), Numbers(s.Length, 2), Numbers(s.Channels, 3), Numbers(s.Channels, 4));
        var variance = Numbers(s.Channels, 5).Select(Math.Abs).ToArray();
        var (dGamma, dBeta, dx) = (new float[s.Channels], new float[s.Channels], new float[s.Length]);
        ScalarMeaning.BatchNormFrozenGradient(s, x, dy, mean, variance, gamma, 1e-3f, dGamma, dBeta, dx);
        using Storage sdGamma = _kernels.Allocate(s.Channels), sdBeta = _kernels.Allocate(s.Channels), inPlace = Put(dy);

        _kernels.BatchNormFrozenGradient(s, Put(x), inPlace, Put(mean), Put(variance), Put(gamma), 1e-3f, sdGamma, sdBeta, inPlace);

        ShouldBeSameBits(Take(sdGamma), dGamma, "dGamma");
        ShouldBeSameBits(Take(sdBeta), dBeta, "dBeta");
        ShouldBeSameBits(Take(inPlace), dx, "dx in place");
    }

    [Fact]
    public void Sums_of_two_arrays_have_the_bits_of_their_meaning_at_every_length()
    {
        foreach (var n in Enumerable.Range(0, 66).Append(40001))
        {
            var (left, right, y) = (Numbers(n, 1), Numbers(n, 2), new float[n]);
            ScalarMeaning.Add(left, right, y);
            using Storage a = Put(left), b = Put(right);

            _kernels.Add(n, a, b, a);

            ShouldBeSameBits(Take(a), y, $"sum of {n}");
        }
    }

    [Theory]
    [InlineData(1, 1, 0, 1, 0, 1)]
    [InlineData(5, 3, 2, 7, 1, 4)]
    [InlineData(4, 6, 3, 0, 5, 6)]
    [InlineData(3000, 9, 0, 9, 4, 20)]
    public void Blocks_are_copied_to_their_places_and_nothing_else_is_written(
        int blocks, int length, int sourceOffset, int sourceStride, int destinationOffset, int destinationStride)
    {
        var source = Numbers(sourceOffset + ((blocks - 1) * sourceStride) + length, 1);
        var expected = Numbers(destinationOffset + ((blocks - 1) * destinationStride) + length + 3, 2);
        using Storage from = Put(source), to = Put(expected);
        ScalarMeaning.CopyBlocks(blocks, length, source.AsSpan(sourceOffset), sourceStride, expected.AsSpan(destinationOffset), destinationStride);

        _kernels.CopyBlocks(blocks, length, from, sourceOffset, sourceStride, to, destinationOffset, destinationStride);

        ShouldBeSameBits(Take(to), expected, "destination");
        Should.Throw<ArgumentException>(() => _kernels.CopyBlocks(blocks, length, from, sourceOffset + 1, sourceStride, to, 0, destinationStride))
            .Message.ShouldContain("source holds");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(4096)]
    [InlineData(40001)]
    public void Penalties_have_the_bits_of_their_meaning(int n)
    {
        var (weights, gradient) = (Numbers(n, 1), Numbers(n, 2));
        using Storage w = Put(weights), g = Put(gradient), penalties = Put([1, 2, 3]);
        ScalarMeaning.PenaltyGradient(0.01f, 0.02f, weights, gradient);

        _kernels.Penalty(n, 0.01f, 0.02f, w, penalties, 1);
        _kernels.PenaltyGradient(n, 0.01f, 0.02f, w, g);

        ShouldBeSameBits(Take(penalties), [1, ScalarMeaning.Penalty(0.01f, 0.02f, weights), 3], "penalties");
        ShouldBeSameBits(Take(g), gradient, "gradient");
        ((double)Take(penalties)[1]).ShouldBe(weights.Sum(x => (0.01 * Math.Abs(x)) + (0.02 * x * x)), 1e-6 * n);
    }

    [Fact]
    public void Warm_kernels_of_feed_forward_layers_allocate_nothing()
    {
        var (channels, pool) = (new ChannelShape(20, 12, 33), new PoolShape(20, 4, 3, 33, 2, 2, 1, 1, true));
        using Storage x = Put(Numbers(channels.Length, 1)), y = _kernels.Allocate(channels.Length), d = Put(Numbers(channels.Length, 2));
        using Storage gamma = Put(Numbers(33, 3)), beta = Put(Numbers(33, 4)), dGamma = _kernels.Allocate(33), dBeta = _kernels.Allocate(33);
        void Step()
        {
            _kernels.Activate(ActivationFunction.Gelu, 0, channels.Length, x, y);
            _kernels.ActivateGradient(ActivationFunction.Gelu, 0, channels.Length, x, d, d);
            _kernels.SoftmaxGradient(240, 33, y, d, d);
            _kernels.AveragePoolForward(pool, x, y);
            _kernels.AveragePoolGradient(pool, d, y);
            _kernels.LayerNormForward(channels, x, gamma, beta, 1e-3f, y);
            _kernels.LayerNormGradient(channels, x, d, gamma, 1e-3f, dGamma, dBeta, y);
            _kernels.BatchNormFrozenGradient(channels, x, d, beta, gamma, gamma, 1e-3f, dGamma, dBeta, d);
            _kernels.Add(channels.Length, x, y, y);
            _kernels.CopyBlocks(20, 33, x, 0, 33, y, 33, 66);
            _kernels.Penalty(channels.Length, 0.1f, 0.1f, x, y, 0);
            _kernels.PenaltyGradient(channels.Length, 0.1f, 0.1f, x, y);
        }

        Step();
        Step();

        AllocatedBytes.Least(Step).ShouldBe(0);
    }
}
