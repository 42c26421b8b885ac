using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class RecurrentTests
{
    private const int Rows = 5;
    private const int Steps = 4;
    private const int Features = 3;

    // Rows of lengths 4, 0, 2, 3 and 1, filled up behind, before, and in between.
    private static readonly float[] MaskValues = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0];

    public static TheoryData<string> Layers => [.. Makers.Keys];

    private static Dictionary<string, Func<RecurrentLayer>> Makers { get; } = new()
    {
        ["LSTM"] = () => new LSTM(6),
        ["LSTM, sequences"] = () => new LSTM(5, returnSequences: true),
        ["LSTM, backwards"] = () => new LSTM(4, returnSequences: true, goBackwards: true),
        ["GRU"] = () => new GRU(6),
        ["GRU, sequences, backwards"] = () => new GRU(5, returnSequences: true, goBackwards: true),
        ["GRU, reset before"] = () => new GRU(4, returnSequences: true, resetAfter: false),
        ["GRU, reset before, backwards"] = () => new GRU(4, goBackwards: true, resetAfter: false),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_under_a_mask_are_those_of_finite_differences(string name)
    {
        const double Step = 1e-6;
        using var bench = Bench(Makers[name](), new DoubleKernels());
        using var mask = Mask(bench);
        using var dMask = bench.Kernels.Allocate(MaskValues.Length);
        bench.Kernels.Fill(dMask, MaskValues.Length, 7);
        bench.Kernels.Write(Toy.Uniform(bench.X.Length, seed: 5), bench.X);
        var dy = Toy.Uniform(bench.Y.Length, seed: 6);
        bench.Kernels.Write(dy, bench.Dy);
        foreach (var parameter in bench.Layer.Parameters)
            parameter.Set(Toy.Uniform(parameter.Shape.Size, seed: 7));
        var pass = new Pass(Rows, Training: true);

        bench.Layer.Forward(pass, [bench.X, mask], bench.Y);
        bench.Layer.Backward(pass, [bench.X, mask], bench.Y, bench.Dy, [bench.Dx, dMask]);

        bench.Read(dMask).ShouldAllBe(value => value == 0);
        ShouldBeDifferences(bench.X, bench.Dx, "x");
        foreach (var parameter in bench.Layer.Parameters)
            ShouldBeDifferences(parameter.Value, parameter.Gradient!, parameter.Name);

        double Objective()
        {
            bench.Layer.Forward(pass, [bench.X, mask], bench.Y);
            return DoubleKernels.Values(bench.Y).Zip(dy, (y, d) => y * d).Sum();
        }

        void ShouldBeDifferences(Storage storage, Storage gradient, string what)
        {
            var values = DoubleKernels.Values(storage);
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                values[i] = value + Step;
                var above = Objective();
                values[i] = value - Step;
                var below = Objective();
                values[i] = value;
                DoubleKernels.Values(gradient)[i].ShouldBe((above - below) / (2 * Step), 1e-7, $"{what}[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_masked_step_is_as_if_it_were_not_there(string name)
    {
        var dense = Run(name, Toy.Uniform(Rows * Steps * Features, seed: 5), MaskValues);
        var units = Makers[name]().Units;
        var backwards = Makers[name]().GoBackwards;

        // Row 3 counts at positions 0, 2 and 3; a row of just these, filled up at the end that is read last, ends in the same state.
        var x = Toy.Uniform(Rows * Steps * Features, seed: 5);
        var row = x.AsSpan(3 * Steps * Features, Steps * Features).ToArray();
        float[] kept = [.. row[..Features], .. row[(2 * Features)..]];
        float[] padding = [.. Enumerable.Repeat(9f, Features)];
        float[] other = backwards ? [.. padding, .. kept] : [.. kept, .. padding];
        var alone = Run(name, other, backwards ? [0, 1, 1, 1] : [1, 1, 1, 0]);

        var last = dense.Length / Rows;
        dense[(4 * last - units)..(4 * last)].ShouldBe(alone[^units..]);
        dense[last..(2 * last)].ShouldAllBe(value => value == 0, "a row of no length keeps the first state");
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_full_mask_changes_no_bit(string name)
    {
        var x = Toy.Uniform(Rows * Steps * Features, seed: 5);

        Run(name, x, [.. Enumerable.Repeat(1f, Rows * Steps)]).ShouldBe(Run(name, x, null));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_row_has_the_same_bits_alone_and_in_a_batch(string name)
    {
        var x = Toy.Uniform(Rows * Steps * Features, seed: 5);
        var together = Run(name, x, MaskValues);

        for (var row = 0; row < Rows; row++)
        {
            var alone = Run(name, x[(row * Steps * Features)..((row + 1) * Steps * Features)], MaskValues[(row * Steps)..((row + 1) * Steps)]);
            alone.ShouldBe(together[(row * alone.Length)..((row + 1) * alone.Length)], $"row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_gradients_of_two_shards_are_the_sums_of_those_of_each(string name)
    {
        var x = Toy.Uniform(32 * Steps * Features, seed: 5);
        var dy = Toy.Uniform(32 * Makers[name]().Units * Steps, seed: 6);

        var together = Gradients(() => Makers[name](), [Steps, Features], x, dy, 0, 32);

        var (first, second) = (Gradients(() => Makers[name](), [Steps, Features], x, dy, 0, 16), Gradients(() => Makers[name](), [Steps, Features], x, dy, 16, 32));
        together.ShouldBe(first.Zip(second, (a, b) => a + b));
    }

    [Fact]
    public void The_gradient_of_a_table_over_two_shards_is_the_sum_of_those_of_each()
    {
        float[] ids = [.. Enumerable.Range(0, 32 * Steps).Select(i => (float)(i * 7 % 5))];
        var dy = Toy.Uniform(32 * Steps * Features, seed: 6);

        var together = Gradients(() => new Embedding(5, Features), [Steps], ids, dy, 0, 32);

        var (first, second) = (Gradients(() => new Embedding(5, Features), [Steps], ids, dy, 0, 16), Gradients(() => new Embedding(5, Features), [Steps], ids, dy, 16, 32));
        together.ShouldBe(first.Zip(second, (a, b) => a + b));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_warm_pass_allocates_nothing(string name)
    {
        using var bench = Bench(Makers[name](), new CpuKernels(1));
        using var mask = Mask(bench);
        Storage[] inputs = [bench.X, mask];
        Storage?[] gradients = [bench.Dx, null];
        void Step(int rows)
        {
            bench.Layer.Forward(new Pass(rows), inputs, bench.Y);
            bench.Layer.Forward(new Pass(rows, Training: true), inputs, bench.Y);
            bench.Layer.Backward(new Pass(rows, Training: true), inputs, bench.Y, bench.Dy, gradients);
        }

        void Steps()
        {
            Step(Rows);
            Step(2);
        }

        Steps();
        Steps();

        AllocatedBytes.Least(Steps).ShouldBe(0);
    }

    [Fact]
    public void Long_predictions_in_slices_of_rows_have_the_bits_of_each_row()
    {
        // 90 rows of 60 steps and 4·128 gates are more than one slice.
        using var bench = new LayerBench(new LSTM(128), [60, 2], 90, new CpuKernels(2));
        var x = Toy.Uniform(90 * 120, seed: 3);

        var y = bench.Forward(x, training: false);

        bench.Forward(x, training: true).ShouldBe(y);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused_with_their_shapes()
    {
        Layer lstm = new LSTM(4);

        Should.Throw<ArgumentException>(() => lstm.Plan([7])).Message.ShouldBe(
            "input has shape (None, 7), expected (None, time, features). Put Embedding before it for ids, or Reshape.");
        Should.Throw<ArgumentException>(() => lstm.Plan((IReadOnlyList<Shape>)[[7, 2], [6]])).Message.ShouldBe(
            "the mask has shape (None, 6), expected (None, 7) for the sequence (None, 7, 2). TokenMask makes one from ids.");
        Should.Throw<ArgumentException>(() => lstm.Plan((IReadOnlyList<Shape>)[[7, 2], [7, 1]])).Message.ShouldContain("the mask has shape (None, 7, 1)");
        Should.Throw<ArgumentException>(() => lstm.Plan((IReadOnlyList<Shape>)[[7, 2], [7], [7]])).Message.ShouldStartWith("got 3 inputs, expected a sequence");
        Should.Throw<ArgumentException>(() => new Sequential([7], [new GRU(4)])).Message.ShouldBe(
            "GRU(4), layer \"gru\": input has shape (None, 7), expected (None, time, features). Put Embedding before it for ids, or Reshape. The model's input has shape (7).");
        Should.Throw<ArgumentOutOfRangeException>(() => new LSTM(0)).Message.ShouldStartWith("LSTM: units must be 1 or more (was 0).");
        lstm.Plan((IReadOnlyList<Shape>)[[7, 2], [7]]).Output.ShouldBe([4]);
    }

    [Fact]
    public void Parameters_have_the_names_shapes_and_first_values_of_Keras()
    {
        using var lstm = new Sequential([9, 5], [new LSTM(3)], new() { Threads = 1 });
        using var gru = new Sequential([9, 5], [new GRU(3, returnSequences: true), new GRU(2, resetAfter: false)], new() { Threads = 1 });

        lstm.Parameters.Select(p => p.ToString()).ShouldBe(["lstm/kernel (5, 12)", "lstm/recurrent_kernel (3, 12)", "lstm/bias (12)"]);
        gru.Parameters.Select(p => p.ToString()).ShouldBe(
            ["gru/kernel (5, 9)", "gru/recurrent_kernel (3, 9)", "gru/bias (2, 9)", "gru_1/kernel (3, 6)", "gru_1/recurrent_kernel (2, 6)", "gru_1/bias (6)"]);
        lstm.Parameters[2].ToArray().ShouldBe([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
        gru.Parameters[2].ToArray().ShouldAllBe(value => value == 0);
        lstm.Parameters[0].ToArray().ShouldAllBe(value => Math.Abs(value) <= Math.Sqrt(6.0 / 17));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(7, 28)]
    [InlineData(64, 256)]
    [InlineData(33, 33)]
    [InlineData(12, 5)]
    public void Orthogonal_first_values_are_orthogonal(int rows, int columns)
    {
        var values = new float[rows * columns];
        var again = new float[rows * columns];

        new OrthogonalInitializer(rows, columns).Fill(values, key: 3);
        new OrthogonalInitializer(rows, columns).Fill(again, key: 3);

        again.ShouldBe(values);
        var (count, length, across) = rows <= columns ? (rows, columns, 1) : (columns, rows, columns);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var dot = 0.0;
                for (var k = 0; k < length; k++)
                    dot += (double)At(i, k) * At(j, k);
                dot.ShouldBe(i == j ? 1 : 0, 1e-6, $"rows {i} and {j}");
            }
        }

        float At(int vector, int k) => across == 1 ? values[(vector * columns) + k] : values[(k * columns) + vector];
    }

    /// <summary>The gradients of all parameters from some rows of a batch.</summary>
    private static float[] Gradients(Func<Layer> make, Shape input, float[] x, float[] dy, int from, int to)
    {
        using var bench = new LayerBench(make(), input, to - from, new CpuKernels(2));
        var length = bench.Layer.OutputShape.Size;
        bench.Forward(x[(from * input.Size)..(to * input.Size)], training: true);
        bench.Backward(dy[(from * length)..(to * length)]);
        return [.. bench.Layer.Parameters.SelectMany(p => p.GradientToArray())];
    }

    private static float[] Run(string name, float[] x, float[]? maskValues)
    {
        var rows = x.Length / Steps / Features;
        using var bench = new LayerBench(Makers[name](), [Steps, Features], rows, new CpuKernels(1));
        bench.Kernels.Write(x, bench.X);
        if (maskValues is null)
        {
            bench.Layer.Forward(new Pass(rows), bench.X, bench.Y);
            return bench.Read(bench.Y);
        }

        using var mask = bench.Kernels.Allocate(maskValues.Length);
        bench.Kernels.Write(maskValues, mask);
        bench.Layer.Forward(new Pass(rows), [bench.X, mask], bench.Y);
        return bench.Read(bench.Y);
    }

    private static LayerBench Bench(RecurrentLayer layer, IKernels kernels) => new(layer, [Steps, Features], Rows, kernels);

    private static Storage Mask(LayerBench bench)
    {
        var mask = bench.Kernels.Allocate(MaskValues.Length);
        bench.Kernels.Write(MaskValues, mask);
        return mask;
    }
}
