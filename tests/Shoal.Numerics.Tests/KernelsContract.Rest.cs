using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<PoolShape> Pools => [
        new(2, 4, 4, 3, 2, 2, 2, 2, false), new(1, 7, 5, 9, 2, 2, 2, 2, false), new(3, 7, 5, 17, 2, 2, 2, 2, true), new(2, 8, 8, 32, 3, 3, 1, 1, true),
        new(2, 6, 9, 5, 3, 2, 2, 3, true), new(1, 3, 3, 1, 3, 3, 3, 3, false),
    ];

    public static TheoryData<ChannelShape> Channels => [
        new(1, 1, 1), new(3, 5, 7), new(17, 1, 33), new(128, 1, 512), new(33, 9, 32), new(5, 300, 10), new(16, 4, 65), new(49, 3, 24),
    ];

    /// <summary>Small whole numbers, so that windows have ties, with a few NaN.</summary>
    private static float[] Ties(int length, bool nan)
    {
        var random = new Random(5);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = nan && i % 23 == 5 ? float.NaN : random.Next(-2, 3);
        return values;
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void Max_pooling_has_the_bits_of_its_meaning(PoolShape s)
    {
        var outputs = s.Batch * s.OutputHeight * s.OutputWidth * s.Channels;
        foreach (var nan in new[] { false, true })
        {
            var (x, dy) = (Ties(s.Batch * s.Height * s.Width * s.Channels, nan), Numbers(outputs, 2));
            var (y, dx) = (new float[outputs], new float[x.Length]);
            ScalarMeaning.MaxPoolForward(s, x, y);
            ScalarMeaning.MaxPoolGradient(s, x, dy, dx);
            using var sx = Put(x);
            using var sy = _kernels.Allocate(outputs);
            using var sdx = _kernels.Allocate(x.Length);

            _kernels.MaxPoolForward(s, sx, sy);
            _kernels.MaxPoolGradient(s, sx, sy, Put(dy), sdx);

            ShouldBeSameBits(Take(sy), y, "y");
            ShouldBeSameBits(Take(sdx), dx, "dx");
        }
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Batch_normalisation_has_the_bits_of_its_meaning(ChannelShape s)
    {
        var (x, dy, gamma, beta) = (Numbers(s.Length, 1), Numbers(s.Length, 2), Numbers(s.Channels, 3), Numbers(s.Channels, 4));
        var (mean, variance, y) = (new float[s.Channels], new float[s.Channels], new float[s.Length]);
        var (dGamma, dBeta, dx) = (new float[s.Channels], new float[s.Channels], new float[s.Length]);
        ScalarMeaning.BatchNormStatistics(s, x, mean, variance);
        ScalarMeaning.BatchNormForward(s, x, mean, variance, gamma, beta, 1e-3f, y);
        ScalarMeaning.BatchNormGradient(s, x, dy, mean, variance, gamma, 1e-3f, dGamma, dBeta, dx);
        using var sx = Put(x);
        using var sGamma = Put(gamma);
        using var inPlace = Put(dy);
        using var sy = _kernels.Allocate(s.Length);
        Storage[] small = [.. Enumerable.Range(0, 4).Select(_ => _kernels.Allocate(s.Channels))];

        _kernels.BatchNormStatistics(s, sx, small[0], small[1]);
        _kernels.BatchNormForward(s, sx, small[0], small[1], sGamma, Put(beta), 1e-3f, sy);
        _kernels.BatchNormGradient(s, sx, inPlace, small[0], small[1], sGamma, 1e-3f, small[2], small[3], inPlace);

        ShouldBeSameBits(Take(small[0]), mean, "mean");
        ShouldBeSameBits(Take(small[1]), variance, "variance");
        ShouldBeSameBits(Take(sy), y, "y");
        ShouldBeSameBits(Take(small[2]), dGamma, "dGamma");
        ShouldBeSameBits(Take(small[3]), dBeta, "dBeta");
        ShouldBeSameBits(Take(inPlace), dx, "dx in place");
    }

    [Fact]
    public void Element_by_element_kernels_have_the_bits_of_their_meaning_at_every_length()
    {
        foreach (var n in Enumerable.Range(0, 258).Append(16384).Append(40001))
        {
            var (x, g) = (Numbers(n, 1), Numbers(n, 2));
            var (relu, gradient, dropped) = (new float[n], new float[n], new float[n]);
            using Storage sx = Put(x), sg = Put(g), y = _kernels.Allocate(n);
            ScalarMeaning.ReluForward(x, relu);
            ScalarMeaning.ReluGradient(x, g, gradient);
            ScalarMeaning.Dropout(0.3f, 11, 7, x, dropped);

            _kernels.ReluForward(n, sx, y);
            ShouldBeSameBits(Take(y), relu, $"relu of {n}");
            _kernels.ReluGradient(n, sx, sg, y);
            ShouldBeSameBits(Take(y), gradient, $"relu gradient of {n}");
            _kernels.Dropout(n, 0.3f, 11, 7, sx, y);
            ShouldBeSameBits(Take(y), dropped, $"dropout of {n}");
            _kernels.Copy(sx, n, y);
            ShouldBeSameBits(Take(y), x, $"copy of {n}");
            _kernels.Fill(y, n, 2.5f);
            Take(y).ShouldAllBe(value => value == 2.5f);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 10)]
    [InlineData(128, 10)]
    [InlineData(2, 37)]
    [InlineData(5, 1000)]
    public void Softmax_and_its_loss_have_the_bits_of_their_meaning(int rows, int classes)
    {
        var x = Numbers(rows * classes, 1).Select(value => value * 20).ToArray();
        var targets = new float[rows * classes];
        for (var row = 0; row < rows; row++)
            targets[(row * classes) + (row * 3 % classes)] = 1;
        x[^1] = float.NegativeInfinity;
        if (classes == 1)
            x[0] = 3;
        var (p, losses, d) = (new float[x.Length], new float[rows], new float[x.Length]);
        ScalarMeaning.Softmax(rows, classes, x, p);
        ScalarMeaning.SoftmaxCrossEntropy(rows, classes, x, targets, losses, d);
        using Storage sx = Put(x), sp = _kernels.Allocate(x.Length), sl = _kernels.Allocate(rows), sd = _kernels.Allocate(x.Length);

        _kernels.Softmax(rows, classes, sx, sp);
        _kernels.SoftmaxCrossEntropy(rows, classes, sx, Put(targets), sl, sd);

        ShouldBeSameBits(Take(sp), p, "probabilities");
        ShouldBeSameBits(Take(sl), losses, "losses");
        ShouldBeSameBits(Take(sd), d, "gradient");
        Take(sp)[..classes].Select(value => (double)value).Sum().ShouldBe(1, 1e-5);
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        var conv = new Conv2DShape(5, 8, 8, 3, 3, 3, 6, 1, 1, true);
        var dense = new DenseShape(5, 384, 10);
        var channels = new ChannelShape(5, 64, 6);
        using Storage x = Put(Numbers(5 * 64 * 3, 1)), k = Put(Numbers(162, 2)), y = _kernels.Allocate(1920), d = _kernels.Allocate(1920), w = Put(Numbers(3840, 3));
        using Storage a = _kernels.Allocate(64), b = _kernels.Allocate(64), c = _kernels.Allocate(3840), e = _kernels.Allocate(64), f = _kernels.Allocate(64);
        void Step()
        {
            _kernels.Conv2DForward(conv, x, k, a, new Epilogue(a, b, true), y);
            _kernels.BatchNormStatistics(channels, y, a, b);
            _kernels.BatchNormForward(channels, y, a, b, a, b, 1e-3f, d);
            _kernels.DenseForward(dense, d, w, null, default, e);
            _kernels.DenseWeightGradient(dense, d, e, c, f);
            _kernels.DenseInputGradient(dense, e, w, d);
            _kernels.BatchNormGradient(channels, y, d, a, b, a, 1e-3f, e, f, d);
            _kernels.Conv2DWeightGradient(conv, x, d, k, f);
            _kernels.Conv2DInputGradient(conv, d, k, x);
            _kernels.Softmax(5, 10, e, f);
        }

        Step();
        Step();

        AllocatedBytes.Least(Step).ShouldBe(0);
    }

    [Fact]
    public void Writes_and_reads_keep_to_their_offsets()
    {
        using var storage = _kernels.Allocate(10);
        _kernels.Write([1, 2, 3], storage, 7);
        var values = new float[4];

        _kernels.Read(storage, values, 6);

        values.ShouldBe([0, 1, 2, 3]);
        Should.Throw<ArgumentException>(() => _kernels.Write([1, 2], storage, 9)).Message.ShouldContain("holds 10 floats, the shape needs 11");
        Should.Throw<ArgumentException>(() => _kernels.Read(storage, values, -1)).Message.ShouldContain("offset");
    }
}
