namespace Shoal.Learning.Tests;

public sealed class InitializerTests
{
    public static TheoryData<string, double, double> Deviations => new()
    {
        // Deviation and largest value for a kernel of (3, 3, 20, 50): 180 inputs, 450 outputs.
        { "glorot_uniform", Math.Sqrt(2.0 / 630), Math.Sqrt(6.0 / 630) },
        { "glorot_normal", Math.Sqrt(2.0 / 630), 2.2737 * Math.Sqrt(2.0 / 630) },
        { "he_uniform", Math.Sqrt(2.0 / 180), Math.Sqrt(6.0 / 180) },
        { "he_normal", Math.Sqrt(2.0 / 180), 2.2737 * Math.Sqrt(2.0 / 180) },
        { "lecun_uniform", Math.Sqrt(1.0 / 180), Math.Sqrt(3.0 / 180) },
        { "lecun_normal", Math.Sqrt(1.0 / 180), 2.2737 * Math.Sqrt(1.0 / 180) },
        { "random_normal", 0.05, 0.3 },
        { "random_uniform", 0.1 / Math.Sqrt(12), 0.05 },
        { "truncated_normal", 0.05 * 0.87963, 0.1 },
    };

    [Theory]
    [MemberData(nameof(Deviations))]
    public void Values_have_the_mean_and_deviation_of_Keras(string name, double deviation, double largest)
    {
        var values = Fill(Make(name), [3, 3, 20, 50]);

        values.Average().ShouldBe(0, 4 * deviation / Math.Sqrt(values.Length));
        Math.Sqrt(values.Average(v => (double)v * v)).ShouldBe(deviation, 0.03 * deviation);
        ((double)values.Max(Math.Abs)).ShouldBeLessThanOrEqualTo(largest * 1.0001);
        values.Distinct().Count().ShouldBeGreaterThan(values.Length * 9 / 10);
    }

    [Fact]
    public void A_mean_and_a_range_move_the_values()
    {
        Fill(Initializer.RandomNormal(3, 0.1), [2000]).Average().ShouldBe(3, 0.01f);
        Fill(Initializer.RandomUniform(1, 3), [2000]).ShouldAllBe(v => v >= 1 && v < 3);
        Fill(Initializer.TruncatedNormal(-1, 0.1), [2000]).ShouldAllBe(v => v >= -1.2001f && v <= -0.7999f);
        Fill(Initializer.Constant(0.25), [3]).ShouldBe([0.25f, 0.25f, 0.25f]);
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(4, 6)]
    [InlineData(5, 5)]
    [InlineData(1, 3)]
    public void An_orthogonal_matrix_has_orthonormal_rows_or_columns(int rows, int columns)
    {
        var m = Fill(Initializer.Orthogonal(2), [rows, columns]);

        for (var a = 0; a < Math.Min(rows, columns); a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var dot = Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => rows < columns
                    ? (double)m[(a * columns) + i] * m[(b * columns) + i]
                    : (double)m[(i * columns) + a] * m[(i * columns) + b]);
                dot.ShouldBe(a == b ? 4 : 0, 1e-5);
            }
        }
    }

    [Fact]
    public void The_bits_never_change()
    {
        Fill(Initializer.RandomNormal(0, 1), [3]).ShouldBe(Fill(Initializer.RandomNormal(0, 1), [3]));
        Fill(Initializer.RandomNormal(0, 1), [3]).ShouldBe(PinnedNormals);
        Fill(Initializer.GlorotUniform(), [30, 40]).ShouldBe(Fill(Initializer.GlorotUniform(30, 40), [30, 40]));
    }

    [Fact]
    public void What_is_not_valid_is_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => Initializer.RandomUniform(1, 1)).Message.ShouldContain("low must be below high (were 1 and 1)");
        Should.Throw<ArgumentOutOfRangeException>(() => Initializer.RandomNormal(0, -1)).Message.ShouldContain("Initializer.RandomNormal: deviation must be from 0");
        Should.Throw<ArgumentException>(() => Initializer.Orthogonal().ForShape([3])).Message.ShouldContain("has shape (3), expected two axes or more");
        Should.Throw<InvalidOperationException>(() => Initializer.HeNormal().Fill(new float[3], 1)).Message.ShouldContain("ForShape");
    }

    [Fact]
    public void Layers_begin_with_the_values_that_they_were_told()
    {
        var plan = new Dense(3, kernelInitializer: Initializer.Constant(2), biasInitializer: Initializer.Ones).Plan([4]);

        plan.Parameters.Select(p => Fill(p.Initializer, p.Shape)[0]).ShouldBe([2f, 1f]);
        var he = new Conv2D(50, 3, kernelInitializer: Initializer.HeUniform()).Plan([9, 9, 20]).Parameters[0];
        Fill(he.Initializer, he.Shape).ShouldBe(Fill(Initializer.HeUniform(), [3, 3, 20, 50]));
    }

    private static float[] PinnedNormals => [0.4529112f, -0.119975425f, -0.4741355f];

    private static Initializer Make(string name) => name switch
    {
        "glorot_uniform" => Initializer.GlorotUniform(),
        "glorot_normal" => Initializer.GlorotNormal(),
        "he_uniform" => Initializer.HeUniform(),
        "he_normal" => Initializer.HeNormal(),
        "lecun_uniform" => Initializer.LecunUniform(),
        "lecun_normal" => Initializer.LecunNormal(),
        "random_normal" => Initializer.RandomNormal(),
        "random_uniform" => Initializer.RandomUniform(),
        _ => Initializer.TruncatedNormal(),
    };

    private static float[] Fill(Initializer initializer, Shape shape)
    {
        var values = new float[shape.Size];
        initializer.ForShape(shape).Fill(values, key: 11);
        return values;
    }
}
