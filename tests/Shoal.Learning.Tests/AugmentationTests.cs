namespace Shoal.Learning.Tests;

public sealed class AugmentationTests
{
    [Fact]
    public void Twenty_transforms_of_digits_are_those_of_the_golden_file()
    {
        var file = Golden.Tensors("augment");
        var (x, expected) = (file.Singles("x"), file.Singles("y_rowcol"));
        var transforms = Golden.Json("augment").GetProperty("transforms").EnumerateArray().ToArray();
        var actual = new float[expected.Length];

        for (var i = 0; i < transforms.Length; i++)
        {
            double Of(string name) => transforms[i].GetProperty(name).GetDouble();
            var matrix = AffineMatrix.About(28, 28, Of("theta"), Of("tx"), Of("ty"), Of("shear"), Of("zx"), Of("zy"));
            AffineImage.Apply(matrix, 28, 28, 1, x.AsSpan(i * 784, 784), actual.AsSpan(i * 784, 784));
            var golden = transforms[i].GetProperty("matrix_rowcol");
            double[] found = [matrix.RowRow, matrix.RowColumn, matrix.RowShift, matrix.ColumnRow, matrix.ColumnColumn, matrix.ColumnShift];
            for (var m = 0; m < 6; m++)
                found[m].ShouldBe(golden[m / 3][m % 3].GetDouble(), 1e-13);
        }

        for (var i = 0; i < expected.Length; i++)
            ((double)actual[i]).ShouldBe(expected[i], 2e-6, $"image {i / 784}, pixel {i % 784}");
    }

    [Fact]
    public void The_matrix_acts_on_row_and_column_as_it_is()
    {
        var x = Enumerable.Range(0, 25).Select(i => (float)(i * i)).ToArray();
        double[] expected =
        [
            21.835379, 20.972860, 24.398064, 26.829561, 28.267352, 86.062737, 83.302243, 88.987233, 93.678516, 97.376094,
            194.365561, 192.194720, 200.139495, 207.090565, 213.047929, 346.743852, 347.650290, 357.854852, 367.065708, 375.282858,
            400, 436.284542, 480.731609, 527.334684, 576,
        ];
        var y = new float[25];

        AffineImage.Apply(AffineMatrix.About(5, 5, 8, 0.4, -0.4, 0.3, 0.95, 1.05), 5, 5, 1, x, y);

        for (var i = 0; i < 25; i++)
            ((double)y[i]).ShouldBe(expected[i], 1e-4);
    }

    [Fact]
    public void A_height_shift_moves_the_image_vertically_only()
    {
        var x = Toy.Uniform(7 * 5 * 2, seed: 1);
        var y = new float[x.Length];

        AffineImage.Apply(AffineMatrix.About(7, 5, 0, 2, 0, 0, 1, 1), 7, 5, 2, x, y);

        for (var row = 0; row < 7; row++)
            y.AsSpan(row * 10, 10).ToArray().ShouldBe(x.AsSpan(Math.Min(row + 2, 6) * 10, 10).ToArray());
    }

    [Fact]
    public void Draws_stay_in_their_ranges_and_depend_on_pass_and_sample_only()
    {
        var options = new ImageAugmentation { HeightShift = 0.1, WidthShift = 0.2 };
        var image = new AffineImage(options, [20, 30, 1]);

        var draws = Enumerable.Range(0, 1000).Select(i => image.Draw(7, pass: i % 3, sample: i)).ToArray();
        var again = Enumerable.Range(0, 1000).Reverse().Select(i => image.Draw(7, pass: i % 3, sample: i)).Reverse().ToArray();

        again.ShouldBe(draws);
        draws.Max(d => Math.Abs(d.RowShift)).ShouldBeInRange(1.9, 2);
        draws.Max(d => Math.Abs(d.ColumnShift)).ShouldBeInRange(5.9, 6);
        draws.Average(d => d.RowShift).ShouldBe(0, 0.15);
        draws.ShouldAllBe(d => d.RowRow == 1 && d.ColumnColumn == 1);
        image.Draw(7, pass: 1, sample: 0).ShouldNotBe(draws[0]);
    }

    [Fact]
    public void Samples_that_are_no_images_are_refused()
    {
        var error = Should.Throw<ArgumentException>(() => new ArrayBatches([4], new float[8], new int[2], 2, new() { Augmentation = new() { Zoom = 0.1 } }));

        error.Message.ShouldContain("(height, width, channels)");
        error.Message.ShouldContain("(4)");
    }
}
