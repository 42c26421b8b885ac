using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<int, int, int> DenseShapes => new()
    {
        { 1, 1, 1 }, { 1, 7, 3 }, { 1, 300, 65 }, { 1, 33, 513 }, { 2, 3, 17 }, { 5, 257, 10 }, { 6, 256, 32 }, { 13, 40, 33 }, { 16, 19, 16 }, { 17, 64, 48 },
        { 33, 5, 64 }, { 85, 70, 31 }, { 100, 300, 20 }, { 128, 97, 64 }, { 7, 13, 290 }, { 113, 12, 9 },
    };

    [Theory]
    [MemberData(nameof(DenseShapes))]
    public void Dense_forward_has_the_bits_of_its_meaning(int rows, int inputs, int outputs)
    {
        var shape = new DenseShape(rows, inputs, outputs);
        var (x, w) = (Numbers(rows * inputs, 1), Numbers(inputs * outputs, 2));
        var (bias, scale, shift) = (Numbers(outputs, 3), Numbers(outputs, 4), Numbers(outputs, 5));
        bias[0] = -0f;
        var (plain, full) = (new float[rows * outputs], new float[rows * outputs]);
        ScalarMeaning.DenseForward(shape, x, w, [], [], [], false, plain);
        ScalarMeaning.DenseForward(shape, x, w, bias, scale, shift, true, full);
        using var sx = Put(x);
        using var sw = Put(w);
        using var y = _kernels.Allocate(rows * outputs);

        _kernels.DenseForward(shape, sx, sw, null, default, y);
        var actualPlain = Take(y);
        _kernels.DenseForward(shape, sx, sw, Put(bias), new Epilogue(Put(scale), Put(shift), true), y);

        ShouldBeSameBits(actualPlain, plain, "plain");
        ShouldBeSameBits(Take(y), full, "with epilogue");
    }

    [Theory]
    [MemberData(nameof(DenseShapes))]
    public void Dense_gradients_have_the_bits_of_their_meaning(int rows, int inputs, int outputs)
    {
        var shape = new DenseShape(rows, inputs, outputs);
        var (x, w, dy) = (Numbers(rows * inputs, 1), Numbers(inputs * outputs, 2), Numbers(rows * outputs, 3));
        var (dx, dw, db) = (new float[rows * inputs], new float[inputs * outputs], new float[outputs]);
        ScalarMeaning.DenseInputGradient(shape, dy, w, dx);
        ScalarMeaning.DenseWeightGradient(shape, x, dy, dw, db);
        using var sdx = _kernels.Allocate(dx.Length);
        using var sdw = _kernels.Allocate(dw.Length);
        using var sdb = _kernels.Allocate(db.Length);

        _kernels.DenseInputGradient(shape, Put(dy), Put(w), sdx);
        _kernels.DenseWeightGradient(shape, Put(x), Put(dy), sdw, sdb);

        ShouldBeSameBits(Take(sdx), dx, "dx");
        ShouldBeSameBits(Take(sdw), dw, "dWeight");
        ShouldBeSameBits(Take(sdb), db, "dBias");
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_a_batch()
    {
        var (x, w) = (Numbers(3 * 100, 1), Numbers(100 * 40, 2));
        using var together = _kernels.Allocate(120);
        using var alone = _kernels.Allocate(40);

        _kernels.DenseForward(new(3, 100, 40), Put(x), Put(w), null, default, together);

        for (var row = 0; row < 3; row++)
        {
            _kernels.DenseForward(new(1, 100, 40), Put(x[(row * 100)..((row + 1) * 100)]), Put(w), null, default, alone);
            ShouldBeSameBits(Take(alone), Take(together)[(row * 40)..((row + 1) * 40)], $"row {row}");
        }
    }

    [Fact]
    public void An_infinite_weight_under_a_zero_input_gives_nan_for_one_row_too()
    {
        using var weight = Put([1f, 2f]);
        using var y = _kernels.Allocate(1);
        _kernels.DenseForward(new(1, 2, 1), Put([0f, 1f]), weight, null, default, y);
        Take(y)[0].ShouldBe(2f);

        _kernels.Write([float.PositiveInfinity], weight);
        _kernels.DenseForward(new(1, 2, 1), Put([0f, 1f]), weight, null, default, y);

        Take(y)[0].ShouldBe(float.NaN);
    }
}
