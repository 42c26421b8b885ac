using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<RecurrentShape> Sequences => [
        new(1, 1, 1, 1, false, false), new(3, 5, 4, 7, false, false), new(2, 4, 3, 16, true, false), new(17, 3, 5, 9, true, true), new(34, 4, 8, 20, false, true),
        new(19, 6, 33, 33, true, false), new(5, 9, 2, 64, false, false),
    ];

    [Theory]
    [MemberData(nameof(Sequences))]
    public void An_lstm_has_the_bits_of_its_meaning(RecurrentShape s)
    {
        foreach (var mask in new[] { [], Mask(s) })
        {
            var (x, kernel, recurrent, bias) = Weights(s, 4, 4);
            var dy = Numbers((int)s.OutputLength, 5);
            var (gates, cells, states) = (Values(s, 4), Values(s, 1), Values(s, 1));
            var y = new float[dy.Length];
            float[] dKernel = new float[kernel.Length], dRecurrent = new float[recurrent.Length], dBias = new float[bias.Length], dx = new float[x.Length];
            ScalarMeaning.LstmForward(s, x, mask, kernel, recurrent, bias, gates, cells, states, y);
            ScalarMeaning.LstmGradient(s, x, mask, kernel, recurrent, gates, cells, states, dy, dKernel, dRecurrent, dBias, dx);
            using Storage sx = Put(x), sk = Put(kernel), sr = Put(recurrent), sb = Put(bias), sy = Put(dy), dk = Put(kernel), dr = Put(recurrent), db = Put(bias), sdx = Put(x);
            using Storage sg = _kernels.Allocate(gates.Length), sc = _kernels.Allocate(cells.Length), ss = _kernels.Allocate(states.Length);
            using var sm = mask.Length > 0 ? Put(mask) : null;
            var cache = new LstmCache(sg, sc, ss);

            _kernels.LstmForward(s, sx, sm, sk, sr, sb, null, sy);
            ShouldBeSameBits(Take(sy), y, "y in prediction");
            _kernels.LstmForward(s, sx, sm, sk, sr, sb, cache, sy);
            ShouldBeSameBits(Take(sy), y, "y in training");
            _kernels.LstmGradient(s, sx, sm, sk, sr, cache, Put(dy), dk, dr, db, sdx);

            ShouldBeSameBits(Take(sdx), dx, "dx");
            ShouldBeSameBits(Take(dk), dKernel, "dKernel");
            ShouldBeSameBits(Take(dr), dRecurrent, "dRecurrent");
            ShouldBeSameBits(Take(db), dBias, "dBias");
        }
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_gru_has_the_bits_of_its_meaning(RecurrentShape s)
    {
        foreach (var (resetAfter, masked) in new[] { (true, false), (true, true), (false, false), (false, true) })
        {
            var mask = masked ? Mask(s) : [];
            var (x, kernel, recurrent, bias) = Weights(s, 3, resetAfter ? 6 : 3);
            var dy = Numbers((int)s.OutputLength, 5);
            var (gates, part, states) = (Values(s, 3), Values(s, resetAfter ? 3 : 1), Values(s, 1));
            var y = new float[dy.Length];
            float[] dKernel = new float[kernel.Length], dRecurrent = new float[recurrent.Length], dBias = new float[bias.Length], dx = new float[x.Length];
            ScalarMeaning.GruForward(s, resetAfter, x, mask, kernel, recurrent, bias, gates, part, states, y);
            ScalarMeaning.GruGradient(s, resetAfter, x, mask, kernel, recurrent, gates, part, states, dy, dKernel, dRecurrent, dBias, dx);
            using Storage sx = Put(x), sk = Put(kernel), sr = Put(recurrent), sb = Put(bias), sy = Put(dy), dk = Put(kernel), dr = Put(recurrent), db = Put(bias), sdx = Put(x);
            using Storage sg = _kernels.Allocate(gates.Length), sp = _kernels.Allocate(part.Length), ss = _kernels.Allocate(states.Length);
            using var sm = masked ? Put(mask) : null;
            var cache = new GruCache(sg, sp, ss);

            _kernels.GruForward(s, resetAfter, sx, sm, sk, sr, sb, null, sy);
            ShouldBeSameBits(Take(sy), y, "y in prediction");
            _kernels.GruForward(s, resetAfter, sx, sm, sk, sr, sb, cache, sy);
            ShouldBeSameBits(Take(sy), y, "y in training");
            _kernels.GruGradient(s, resetAfter, sx, sm, sk, sr, cache, Put(dy), dk, dr, db, sdx);

            ShouldBeSameBits(Take(sdx), dx, "dx");
            ShouldBeSameBits(Take(dk), dKernel, "dKernel");
            ShouldBeSameBits(Take(dr), dRecurrent, "dRecurrent");
            ShouldBeSameBits(Take(db), dBias, "dBias");
        }
    }

    [Fact]
    public void A_warm_step_of_recurrent_layers_allocates_nothing()
    {
        var s = new RecurrentShape(5, 4, 6, 9, true, false);
        var table = new EmbeddingShape(5, 4, 11, 6);
        using Storage ids = Put(Ids(20, 11)), embeddings = Put(Numbers(66, 1)), dEmbeddings = _kernels.Allocate(66), mask = _kernels.Allocate(20);
        using Storage x = _kernels.Allocate(120), dx = _kernels.Allocate(120), y = _kernels.Allocate(180), k = Put(Numbers(216, 2)), r = Put(Numbers(324, 3)), b = Put(Numbers(54, 4));
        using Storage dk = _kernels.Allocate(216), dr = _kernels.Allocate(324), db = _kernels.Allocate(54);
        using Storage gates = _kernels.Allocate(720), second = _kernels.Allocate(540), states = _kernels.Allocate(180);
        void Step()
        {
            _kernels.TokenMask(20, ids, mask);
            _kernels.EmbeddingForward(table, ids, embeddings, x);
            _kernels.LstmForward(s, x, mask, k, r, b, null, y);
            _kernels.LstmForward(s, x, mask, k, r, b, new(gates, second, states), y);
            _kernels.LstmGradient(s, x, mask, k, r, new(gates, second, states), y, dk, dr, db, dx);
            foreach (var resetAfter in (ReadOnlySpan<bool>)[true, false])
            {
                _kernels.GruForward(s, resetAfter, x, mask, k, r, b, null, y);
                _kernels.GruForward(s, resetAfter, x, mask, k, r, b, new(gates, second, states), y);
                _kernels.GruGradient(s, resetAfter, x, mask, k, r, new(gates, second, states), y, dk, dr, db, dx);
            }

            _kernels.EmbeddingGradient(table, ids, dx, dEmbeddings);
        }

        Step();
        Step();

        AllocatedBytes.Least(Step).ShouldBe(0);
    }

    [Fact]
    public void Recurrent_shapes_and_lengths_that_do_not_fit_are_refused()
    {
        using Storage x = _kernels.Allocate(24), k = _kernels.Allocate(24), small = _kernels.Allocate(5), b = _kernels.Allocate(8), y = _kernels.Allocate(8);
        var shape = new RecurrentShape(2, 4, 3, 2, false, false);

        Should.Throw<ArgumentException>(() => _kernels.LstmForward(shape with { Units = 0 }, x, null, k, k, b, null, y)).Message.ShouldContain("units must be 1 or more");
        Should.Throw<ArgumentException>(() => _kernels.LstmForward(shape, x, small, k, k, b, null, y)).Message.ShouldBe(
            "LstmForward: mask holds 5 floats, the shape needs 8. Allocate it with at least that many. (Parameter 'mask')");
        Should.Throw<ArgumentException>(() => _kernels.GruForward(shape, true, x, null, k, k, b, null, y)).Message.ShouldContain("bias holds 8 floats, the shape needs 12");
        Should.Throw<ArgumentException>(() => _kernels.EmbeddingForward(new(2, 4, 1 << 25, 1), x, k, y)).Message.ShouldContain("2^24");
    }

    private static (float[] X, float[] Kernel, float[] Recurrent, float[] Bias) Weights(RecurrentShape s, int gates, int biases) => (
        Numbers(s.Rows * s.Steps * s.Inputs, 1), Numbers(s.Inputs * gates * s.Units, 2),
        [.. Numbers(s.Units * gates * s.Units, 3).Select(value => value / MathF.Sqrt(s.Units))], Numbers(biases * s.Units, 4));

    private static float[] Values(RecurrentShape s, int times) => new float[s.Rows * s.Steps * times * s.Units];

    /// <summary>Rows of all lengths, filled up behind or before, among them none and all.</summary>
    private static float[] Mask(RecurrentShape s)
    {
        var mask = new float[s.Rows * s.Steps];
        for (var i = 0; i < mask.Length; i++)
        {
            var (row, step) = (i / s.Steps, i % s.Steps);
            mask[i] = (row % 2 == 0 ? step : s.Steps - 1 - step) < row % (s.Steps + 1) ? 1f : 0f;
        }

        return mask;
    }
}
