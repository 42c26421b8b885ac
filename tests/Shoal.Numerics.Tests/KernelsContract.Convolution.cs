using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<int, int, int, int, int, int, int, int, int, bool> Convolutions => new()
    {
        { 1, 5, 5, 1, 3, 3, 4, 1, 1, false }, { 2, 6, 7, 3, 3, 3, 5, 1, 1, true }, { 1, 28, 28, 1, 3, 3, 32, 1, 1, false }, { 3, 9, 8, 2, 3, 3, 7, 2, 2, false },
        { 2, 9, 8, 2, 3, 3, 7, 2, 2, true }, { 1, 6, 6, 4, 1, 1, 3, 1, 1, false }, { 2, 7, 5, 3, 1, 1, 4, 2, 2, true }, { 1, 9, 10, 2, 5, 5, 9, 1, 1, true },
        { 2, 11, 10, 2, 5, 5, 9, 2, 2, true }, { 1, 8, 9, 3, 3, 5, 4, 1, 1, true }, { 1, 10, 26, 8, 3, 3, 33, 1, 1, false }, { 33, 4, 4, 2, 3, 3, 3, 1, 1, true },
        { 18, 5, 6, 1, 3, 3, 2, 2, 1, false }, { 2, 12, 12, 5, 3, 3, 17, 3, 2, true }, { 1, 4, 4, 1, 4, 4, 6, 1, 1, false }, { 1, 5, 3, 2, 2, 2, 3, 3, 3, true },

        // By Winograd: odd sizes, parts of registers, more tiles than a group, one output alone, several shards.
        { 2, 6, 7, 16, 3, 3, 17, 1, 1, false }, { 1, 9, 8, 17, 3, 3, 33, 1, 1, true }, { 33, 4, 5, 16, 3, 3, 16, 1, 1, true },
        { 3, 5, 34, 32, 3, 3, 32, 1, 1, false }, { 1, 3, 3, 40, 3, 3, 16, 1, 1, false }, { 18, 6, 6, 20, 3, 3, 70, 1, 1, false },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_has_the_bits_of_its_meaning(int batch, int height, int width, int channels, int kh, int kw, int filters, int sh, int sw, bool same)
    {
        var s = new Conv2DShape(batch, height, width, channels, kh, kw, filters, sh, sw, same);
        var outputs = batch * s.OutputHeight * s.OutputWidth * filters;
        var (x, kernel) = (Numbers(batch * height * width * channels, 1), Numbers(kh * kw * channels * filters, 2));
        var (bias, scale, shift) = (Numbers(filters, 3), Numbers(filters, 4), Numbers(filters, 5));
        var (plain, full) = (new float[outputs], new float[outputs]);
        ScalarMeaning.Conv2DForward(s, x, kernel, [], [], [], false, plain);
        ScalarMeaning.Conv2DForward(s, x, kernel, bias, scale, shift, true, full);
        using var y = _kernels.Allocate(outputs);

        _kernels.Conv2DForward(s, Put(x), Put(kernel), null, default, y);
        var actualPlain = Take(y);
        _kernels.Conv2DForward(s, Put(x), Put(kernel), Put(bias), new Epilogue(Put(scale), Put(shift), true), y);

        ShouldBeSameBits(actualPlain, plain, "plain");
        ShouldBeSameBits(Take(y), full, "with epilogue");
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution_gradients_have_the_bits_of_their_meaning(
        int batch, int height, int width, int channels, int kh, int kw, int filters, int sh, int sw, bool same)
    {
        var s = new Conv2DShape(batch, height, width, channels, kh, kw, filters, sh, sw, same);
        var (x, kernel) = (Numbers(batch * height * width * channels, 1), Numbers(kh * kw * channels * filters, 2));
        var dy = Numbers(batch * s.OutputHeight * s.OutputWidth * filters, 3);
        var (dx, dk, db) = (new float[x.Length], new float[kernel.Length], new float[filters]);
        ScalarMeaning.Conv2DInputGradient(s, dy, kernel, dx);
        ScalarMeaning.Conv2DWeightGradient(s, x, dy, dk, db);
        using var sdx = _kernels.Allocate(dx.Length);
        using var sdk = _kernels.Allocate(dk.Length);
        using var sdb = _kernels.Allocate(db.Length);

        _kernels.Conv2DInputGradient(s, Put(dy), Put(kernel), sdx);
        _kernels.Conv2DWeightGradient(s, Put(x), Put(dy), sdk, sdb);

        ShouldBeSameBits(Take(sdx), dx, "dx");
        ShouldBeSameBits(Take(sdk), dk, "dKernel");
        ShouldBeSameBits(Take(sdb), db, "dBias");
    }
}
