using System.Security.Cryptography;

namespace Shoal.Frames.Tests;

public sealed class SyntheticDigitsTests(SyntheticDigitsTests.Drawn drawn) : IClassFixture<SyntheticDigitsTests.Drawn>
{
    [Fact]
    public void They_are_as_many_as_the_real_ones_and_named_so()
    {
        drawn.Digits.Name.ShouldBe("synthetic");
        drawn.Digits.Source.ShouldBeNull();
        drawn.Digits.Train.Count.ShouldBe(60_000);
        drawn.Digits.Test.Count.ShouldBe(10_000);
    }

    [Fact]
    public void No_drawing_is_there_twice_in_the_two_parts_together()
    {
        var seen = new HashSet<string>();

        foreach (var part in new[] { drawn.Digits.Train, drawn.Digits.Test })
        {
            for (var index = 0; index < part.Count; index++)
                seen.Add(Convert.ToHexString(SHA256.HashData(part.Image(index))));
        }

        seen.Count.ShouldBe(70_000);
    }

    [Fact]
    public void The_classes_are_about_equally_many()
    {
        var counts = new int[10];
        foreach (var label in drawn.Digits.Train.Labels)
            counts[label]++;

        counts.ShouldAllBe(count => count > 5_500 && count < 6_500);
    }

    [Fact]
    public void The_nearest_class_mean_is_not_enough_to_tell_them()
    {
        var accuracy = NearestMeanAccuracy(drawn.Digits.Train, drawn.Digits.Test);

        accuracy.ShouldBeLessThanOrEqualTo(0.85);
        accuracy.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void The_nearest_of_many_drawings_tells_most_of_them()
    {
        var test = drawn.Digits.Test.Slice(0, 300);
        var train = drawn.Digits.Train.Slice(0, 10_000);
        var right = 0;
        for (var row = 0; row < test.Count; row++)
        {
            var nearest = Enumerable.Range(0, train.Count).MinBy(other => SquaredDistance(test.Image(row), train.Image(other)));
            right += test.Labels[row] == train.Labels[nearest] ? 1 : 0;
        }

        (right / (double)test.Count).ShouldBeGreaterThan(0.7);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_pixels_however_many_are_drawn()
    {
        var few = await Digits.SyntheticAsync(new DigitsOptions { SyntheticTrain = 100, SyntheticTest = 10 });
        var other = await Digits.SyntheticAsync(new DigitsOptions { SyntheticTrain = 100, SyntheticTest = 10, SyntheticSeed = 1 });

        for (var index = 0; index < 100; index++)
        {
            few.Train.Image(index).SequenceEqual(drawn.Digits.Train.Image(index)).ShouldBeTrue();
            other.Train.Image(index).SequenceEqual(few.Train.Image(index)).ShouldBeFalse();
        }
    }

    [Fact]
    public void The_first_drawings_are_pinned()
    {
        var pixels = new byte[100 * DigitImages.Size];
        for (var index = 0; index < 100; index++)
            drawn.Digits.Train.Image(index).CopyTo(pixels.AsSpan(index * DigitImages.Size));

        Convert.ToHexString(SHA256.HashData(pixels))[..16].ShouldBe("044EC1FA23120F3B");
    }

    [Fact]
    public async Task Cancelling_ends_the_drawing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        await Should.ThrowAsync<OperationCanceledException>(() => Digits.SyntheticAsync(cancel: cancelled.Token));
    }

    private static double NearestMeanAccuracy(DigitImages train, DigitImages test)
    {
        var means = new double[10][];
        var counts = new int[10];
        for (var label = 0; label < 10; label++)
            means[label] = new double[DigitImages.Size];
        for (var index = 0; index < train.Count; index++)
        {
            var label = train.Labels[index];
            counts[label]++;
            for (var pixel = 0; pixel < DigitImages.Size; pixel++)
                means[label][pixel] += train.Image(index)[pixel];
        }

        for (var label = 0; label < 10; label++)
        {
            for (var pixel = 0; pixel < DigitImages.Size; pixel++)
                means[label][pixel] /= counts[label];
        }

        var right = 0;
        for (var index = 0; index < test.Count; index++)
        {
            var nearest = Enumerable.Range(0, 10).MinBy(label => SquaredDistance(test.Image(index), means[label]));
            right += nearest == test.Labels[index] ? 1 : 0;
        }

        return right / (double)test.Count;
    }

    private static double SquaredDistance(ReadOnlySpan<byte> image, double[] mean)
    {
        var sum = 0.0;
        for (var pixel = 0; pixel < image.Length; pixel++)
            sum += (image[pixel] - mean[pixel]) * (image[pixel] - mean[pixel]);
        return sum;
    }

    private static int SquaredDistance(ReadOnlySpan<byte> image, ReadOnlySpan<byte> other)
    {
        var sum = 0;
        for (var pixel = 0; pixel < image.Length; pixel++)
            sum += (image[pixel] - other[pixel]) * (image[pixel] - other[pixel]);
        return sum;
    }

    public sealed class Drawn : IAsyncLifetime
    {
        public Digits Digits { get; private set; } = null!;

        public async Task InitializeAsync() => Digits = await Digits.SyntheticAsync();

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
