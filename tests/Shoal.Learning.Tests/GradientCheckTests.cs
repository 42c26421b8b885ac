using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

public sealed class GradientCheckTests
{
    // Ids have no differences.
    public static TheoryData<string> Layers => [.. LayerTable.Entries.Where(e => e.Value.Ids is null).Select(e => e.Key)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_layer_of_ours_is_right(string name)
    {
        var entry = LayerTable.Entries[name];

        GradientCheck.Run(entry.Make(), entry.Inputs, new() { Seed = 5 }).EnsureRight();
    }

    [Fact]
    public void Our_loss_is_right() =>
        GradientCheck.Run(new CategoricalCrossentropy(), 3, [0.3f, -1, 2, 0, 0.5f, -0.25f], [0, 1, 0, 0.25f, 0.75f, 0]).EnsureRight();

    [Fact]
    public void A_right_layer_of_a_user_is_right()
    {
        var report = GradientCheck.Run(new Bent(Mistake.None), [4, 3], new() { Rows = 2 });

        report.EnsureRight();
        report.Tensors.Select(t => (t.Name, t.Count, t.Unsettled)).ShouldBe([("x", 24, 0), ("bent/slope", 3, 0)]);
        report.ToString().ShouldStartWith("Bent: the gradients are right.\nx: right; the worst of 24 values");
    }

    [Theory]
    [InlineData((int)Mistake.ConstantFactor, "x: wrong")]
    [InlineData((int)Mistake.ForgottenTerm, "x: wrong")]
    [InlineData((int)Mistake.OneValue, "x: wrong; the worst of 24 values, at 7,")]
    [InlineData((int)Mistake.Sign, "bent/slope: wrong")]
    [InlineData((int)Mistake.Added, "bent/slope: wrong")]
    [InlineData((int)Mistake.BrokenPromise, "x: wrong; the worst of 24 values, at 0, is NaN")]
    public void A_wrong_layer_of_a_user_is_found(int mistake, string expected)
    {
        var report = GradientCheck.Run(new Bent((Mistake)mistake), [4, 3], new() { Rows = 2 });

        report.IsRight.ShouldBeFalse(report.ToString());
        Should.Throw<InvalidOperationException>(report.EnsureRight).Message.ShouldContain(expected);
    }

    [Fact]
    public void What_jumps_about_cannot_be_judged()
    {
        var report = GradientCheck.Run(new Jumps(), [20]);

        report.IsRight.ShouldBeFalse();
        report.ToString().ShouldContain("x: not smooth enough to judge");
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(0.99f, false)]
    public void A_loss_of_a_user_is_judged(float factor, bool right)
    {
        var report = GradientCheck.Run(new Squares(factor), 2, [1, 2, 3, 4, 5, 6], [0, 0.5f, 3, 8, 2, 2]);

        report.IsRight.ShouldBe(right, report.ToString());
        report.Subject.ShouldBe("Squares");
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused() =>
        Should.Throw<ArgumentException>(() => GradientCheck.Run(new Squares(1), 2, [1, 2, 3], [1, 2, 3]))
            .Message.ShouldContain("3 predictions and 3 targets, expected the same multiple of 2 outputs");

    public enum Mistake
    {
        None,
        ConstantFactor,
        ForgottenTerm,
        OneValue,
        Sign,
        Added,
        BrokenPromise,
    }

    /// <summary>y = x·(1 − slope·x²) with a slope for each channel, computed over spans.</summary>
    private sealed class Bent(Mistake mistake) : Layer("Bent", null)
    {
        public override bool BackwardReadsInput => mistake != Mistake.BrokenPromise;

        public override LayerPlan Plan(Shape input) => new(input, new ParameterPlan("slope", [input[^1]], Initializer.Ones));

        public override void Forward(in Pass pass, Storage x, Storage y)
        {
            var (values, slope) = (Read(x, pass.Rows), Parameters[0].ToArray());
            for (var i = 0; i < values.Length; i++)
                values[i] *= 1 - (slope[i % slope.Length] * values[i] * values[i]);
            Kernels.Write(values, y);
        }

        public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
        {
            var (values, gradient, slope) = (Read(x, pass.Rows), Read(dy, pass.Rows), Parameters[0].ToArray());
            var bySlope = new float[slope.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var (c, v, g) = (i % slope.Length, values[i], gradient[i]);
                bySlope[c] -= v * v * v * g;
                values[i] = g * (1 - ((mistake == Mistake.ForgottenTerm ? 1 : 3) * slope[c] * v * v)) * (mistake == Mistake.ConstantFactor ? 1.01f : 1);
                if (mistake == Mistake.OneValue && i == 7)
                    values[i] += 0.02f;
            }

            if (mistake is Mistake.Sign or Mistake.Added)
                bySlope = Array.ConvertAll(bySlope, b => mistake == Mistake.Sign ? -b : b + 0.05f);
            Kernels.Write(bySlope, Parameters[0].Gradient!);
            if (dx is not null)
                Kernels.Write(values, dx);
        }

        private float[] Read(Storage storage, int rows)
        {
            var values = new float[rows * InputShape.Size];
            Kernels.Read(storage, values);
            return values;
        }
    }

    private sealed class Jumps() : Layer("Jumps", null)
    {
        public override LayerPlan Plan(Shape input) => new(input);

        public override void Forward(in Pass pass, Storage x, Storage y)
        {
            var values = new float[pass.Rows * InputShape.Size];
            Kernels.Read(x, values);
            Kernels.Write(Array.ConvertAll(values, v => (v * 98765.4f) - MathF.Floor(v * 98765.4f)), y);
        }

        public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Kernels.Fill(dx!, dx!.Length, 0);
    }

    private sealed class Squares(float factor) : Loss
    {
        public override bool FromLogits => false;

        public override void Compute(IKernels kernels, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient)
        {
            var (p, t, l) = (new float[rows * outputs], new float[rows * outputs], new float[rows]);
            kernels.Read(predictions, p);
            kernels.Read(targets, t);
            for (var i = 0; i < p.Length; i++)
            {
                l[i / outputs] += (p[i] - t[i]) * (p[i] - t[i]);
                p[i] = factor * 2 * (p[i] - t[i]) / rows;
            }

            kernels.Write(l, losses);
            kernels.Write(p, gradient);
        }
    }
}
