namespace Shoal.Learning.Tests;

public sealed class ArrayBatchesTests
{
    [Fact]
    public void A_pass_holds_every_sample_once_and_its_last_batch_is_short()
    {
        var batches = Numbered(10, new() { BatchSize = 4, Seed = 5 });

        var seen = Enumerable.Range(0, 3).SelectMany(step => Fill(batches, step)).ToArray();

        batches.StepsPerPass.ShouldBe(3);
        Fill(batches, 2).Length.ShouldBe(2);
        seen.Order().ShouldBe(Enumerable.Range(0, 10).Select(i => (float)i));
        seen.ShouldNotBe(seen.Order().ToArray());
    }

    [Fact]
    public void The_data_go_round_for_ever_in_a_new_order_each_pass()
    {
        var batches = Numbered(100, new() { BatchSize = 100, Seed = 5 });

        var (first, second, far) = (Fill(batches, 0), Fill(batches, 1), Fill(batches, 1_000_000));

        second.ShouldNotBe(first);
        far.Order().ShouldBe(first.Order());
    }

    [Fact]
    public void A_batch_depends_on_seed_and_number_only()
    {
        var options = new ArrayBatchOptions { BatchSize = 7, Seed = 5 };
        var forward = Numbered(20, options);
        var backward = Numbered(20, options);

        var batches = Enumerable.Range(0, 9).Select(step => Fill(forward, step)).ToArray();
        var again = Enumerable.Range(0, 9).Reverse().Select(step => Fill(backward, step)).Reverse().ToArray();

        again.ShouldBe(batches);
        Fill(Numbered(20, options with { Seed = 6 }), 0).ShouldNotBe(batches[0]);
    }

    [Fact]
    public void Without_shuffling_the_order_is_that_of_the_arrays()
    {
        var batches = Numbered(5, new() { BatchSize = 3, Shuffle = false });

        Enumerable.Range(0, 3).Select(step => Fill(batches, step)).ShouldBe([[0, 1, 2], [3, 4], [0, 1, 2]]);
    }

    [Fact]
    public void Every_place_is_about_equally_likely()
    {
        var batches = Numbered(5, new() { BatchSize = 5, Seed = 1 });
        var counts = new int[5];

        for (var pass = 0; pass < 2000; pass++)
            counts[(int)Fill(batches, pass)[0]]++;

        counts.ShouldAllBe(c => c > 320 && c < 480);
    }

    [Fact]
    public void Labels_become_one_hot_rows_beside_their_samples()
    {
        int[] labels = [2, 0, 1];
        var batches = new ArrayBatches([1], (float[])[10, 11, 12], labels, 3, new() { BatchSize = 3, Seed = 2 });
        var batch = new Batch(batches);

        batches.Fill(0, batch);

        for (var row = 0; row < 3; row++)
        {
            var expected = new float[3];
            expected[labels[(int)batch.Inputs[0][row] - 10]] = 1;
            batch.Targets[0].AsSpan(row * 3, 3).ToArray().ShouldBe(expected);
        }
    }

    [Fact]
    public void Augmented_images_depend_on_seed_pass_and_sample_only()
    {
        var (x, labels) = Toy.Images(12, [9, 8, 1], seed: 1);
        var options = new ArrayBatchOptions { BatchSize = 12, Seed = 4, Shuffle = false, Augmentation = new() { RotationDegrees = 20, Zoom = 0.2 } };
        var (one, small) = (new ArrayBatches([9, 8, 1], x, labels, 4, options), new ArrayBatches([9, 8, 1], x, labels, 4, options with { BatchSize = 5 }));

        var (first, second, part) = (Fill(one, 0), Fill(one, 1), Fill(small, 1));

        first.ShouldNotBe(x);
        second.ShouldNotBe(first);
        part.ShouldBe(first[(5 * 72)..(10 * 72)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_are_pixels_from_0_to_1(bool augments)
    {
        byte[] pixels = [.. Enumerable.Range(0, 5 * 36).Select(i => (byte)(i * 37))];
        float[] floats = [.. pixels.Select(p => p / 255f)];
        int[] labels = [0, 1, 2, 0, 1];
        var options = new ArrayBatchOptions { BatchSize = 3, Augmentation = augments ? DigitsNetwork.Augmentation : null };
        ArrayBatches bytes = new([[6, 6, 1]], [3], new Dataset(pixels, labels), options), whole = new([6, 6, 1], floats, labels, 3, options);
        Batch one = new(bytes), other = new(whole);

        for (var step = 0; step < 4; step++)
        {
            bytes.Fill(step, one).ShouldBe(whole.Fill(step, other));
            one.Inputs[0].ShouldBe(other.Inputs[0]);
            one.Targets[0].ShouldBe(other.Targets[0]);
        }

        Should.Throw<ArgumentException>(() => new ArrayBatches([[6, 5, 1]], [3], new Dataset(pixels, labels.AsMemory(0, 4)), options)).Message.ShouldContain("6 samples");
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_named()
    {
        Should.Throw<ArgumentException>(() => new ArrayBatches([3], new float[7], new int[2], 2)).Message.ShouldContain("7 values, expected a positive multiple of 3");
        Should.Throw<ArgumentException>(() => new ArrayBatches([3], new float[6], new int[3], 2)).Message.ShouldContain("2 samples of shape (3), but the targets are 3");
        Should.Throw<ArgumentException>(() => new ArrayBatches([3], new float[6], new float[3], 2)).Message.ShouldContain("no multiple of 2");
        Should.Throw<ArgumentException>(() => new ArrayBatches([3], new float[6], (int[])[0, 2], 2)).Message.ShouldContain("label 1 is 2");
        Should.Throw<ArgumentException>(() => new ArrayBatches([3], new float[6], new int[2], 2, new() { BatchSize = 0 })).Message.ShouldContain("BatchSize must be 1 or more (was 0)");
    }

    private static ArrayBatches Numbered(int count, ArrayBatchOptions options) =>
        new([1], Enumerable.Range(0, count).Select(i => (float)i).ToArray(), new int[count], 1, options);

    private static float[] Fill(ArrayBatches batches, long step)
    {
        var batch = new Batch(batches);
        return batch.Inputs[0][..(batches.Fill(step, batch) * batches.InputShapes[0].Size)];
    }
}
