using static Shoal.Frames.Tests.TestFiles;

namespace Shoal.Frames.Tests;

public sealed class DigitsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task The_named_folder_comes_first()
    {
        WriteDigits(_folder);

        var digits = await Digits.LoadAsync(Nowhere() with { Folder = _folder.Path, DataFolder = "/none" });

        digits.Name.ShouldBe(Path.GetFileName(_folder.Path));
        digits.Source.ShouldBe(_folder.Path);
        digits.Notices.ShouldBeEmpty();
        (digits.Train.Count, digits.Test.Count).ShouldBe((20, 10));
        digits.Train.Labels.ToArray().ShouldBe(Enumerable.Range(0, 20).Select(index => (byte)(index % 10)));
        digits.Train.Image(1)[0].ShouldBe((byte)(784 % 256));
    }

    [Fact]
    public async Task Then_the_folder_of_the_environment()
    {
        WriteDigits(_folder);

        var digits = await Digits.LoadAsync(Nowhere() with { DataFolder = _folder.Path });

        digits.Source.ShouldBe(_folder.Path);
    }

    [Fact]
    public async Task Then_the_cache_folder_without_asking_the_mirror()
    {
        WriteDigits(_cache);
        using var mirror = new TestMirror((_, _, _) => Task.CompletedTask);

        var digits = await Digits.LoadAsync(Nowhere() with { Mirror = mirror.Address, DataFolder = _folder.Path });

        digits.Source.ShouldBe(_cache.Path);
        digits.Notices.ShouldHaveSingleItem().ShouldBe($"SHOAL_DATA names {_folder.Path}, which holds none of the four MNIST files; looking further.");
        mirror.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Else_they_are_drawn_and_a_sentence_says_so()
    {
        var digits = await Digits.LoadAsync(Nowhere());

        digits.Name.ShouldBe("synthetic");
        digits.Test.Count.ShouldBe(7);
        var notice = digits.Notices.ShouldHaveSingleItem();
        notice.ShouldStartWith("The MNIST digits could not be downloaded (http://127.0.0.1:1/");
        notice.ShouldContain("using synthetic digits that the program draws itself");
        notice.ShouldContain(_cache.Path);
        notice.ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_leads_to_drawn_digits()
    {
        var occupied = _folder.Write("file", [1]);

        var digits = await Digits.LoadAsync(Nowhere() with { CacheFolder = Path.Combine(occupied, "mnist") });

        digits.Name.ShouldBe("synthetic");
        digits.Notices.ShouldHaveSingleItem().ShouldContain("cannot be written");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte.gz")]
    [InlineData("train-labels-idx1-ubyte.gz")]
    [InlineData("t10k-images-idx3-ubyte")]
    [InlineData("t10k-labels-idx1-ubyte")]
    public async Task A_folder_that_lacks_one_file_is_an_error_that_names_it(string name)
    {
        WriteDigits(_folder);
        File.Delete(_folder.File(name));

        foreach (var options in new[] { Nowhere() with { Folder = _folder.Path }, Nowhere() with { DataFolder = _folder.Path } })
        {
            var error = await Should.ThrowAsync<IdxException>(() => Digits.LoadAsync(options));
            error.Message.ShouldBe($"{_folder.Path}: {name.Replace(".gz", "")}.gz not found, packed or unpacked. Put the missing file there, or name another folder.");
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error()
    {
        var error = await Should.ThrowAsync<IdxException>(() => Digits.LoadAsync(Nowhere() with { Folder = _folder.File("none") }));

        error.Message.ShouldBe($"{_folder.File("none")}: there is no such folder. Name a folder that holds the four MNIST files.");
    }

    [Fact]
    public async Task Images_and_labels_of_different_counts_are_an_error()
    {
        WriteDigits(_folder);
        var labels = _folder.Write("t10k-labels-idx1-ubyte", Idx([9], below: 10));

        (await FailsAsync()).Message.ShouldBe(
            $"{labels}: at byte 4, 9 labels, expected 10, the number of images in t10k-images-idx3-ubyte. Get both files from the same source.");
    }

    [Fact]
    public async Task Images_of_another_size_are_an_error()
    {
        WriteDigits(_folder);
        var images = _folder.Write("t10k-images-idx3-ubyte", Idx([10, 14, 56]));

        (await FailsAsync()).Message.ShouldStartWith($"{images}: at byte 8, images of 14×56 pixels, expected 28×28.");
    }

    [Fact]
    public async Task A_label_above_9_is_an_error_with_its_offset()
    {
        WriteDigits(_folder);
        _folder.Write("t10k-labels-idx1-ubyte", Idx([10], below: 10).Select((value, at) => at == 11 ? (byte)10 : value).ToArray());

        var error = await FailsAsync();
        error.Offset.ShouldBe(11);
        error.Message.ShouldContain("label 10, expected 0 to 9");
    }

    [Fact]
    public async Task No_images_at_all_are_an_error()
    {
        WriteDigits(_folder);
        _folder.Write("t10k-images-idx3-ubyte", Idx([0, 28, 28]));
        _folder.Write("t10k-labels-idx1-ubyte", Idx([0]));

        (await FailsAsync()).Message.ShouldContain("0 labels, expected 1 or more");
    }

    [Fact]
    public async Task Swapped_files_are_an_error()
    {
        WriteDigits(_folder);
        File.Move(_folder.File("t10k-images-idx3-ubyte"), _folder.File("t10k-labels-idx1-ubyte"), overwrite: true);
        _folder.Write("t10k-images-idx3-ubyte", Idx([10], below: 10));

        (await FailsAsync()).Message.ShouldContain("check that the files are not swapped");
    }

    [Fact]
    public async Task Options_are_checked_at_once_with_all_problems()
    {
        var options = new DigitsOptions { Folder = "", CacheFolder = "", Mirror = "ftp://x/", AnswerTimeout = TimeSpan.Zero, SyntheticTrain = 0, SyntheticTest = -1 };

        var error = await Should.ThrowAsync<ArgumentException>(() => Digits.LoadAsync(options));

        foreach (var problem in new[] { "Folder must", "CacheFolder must", "was ftp://x/", "AnswerTimeout must", "SyntheticTrain must be 1 or more (was 0)", "SyntheticTest must be 1 or more (was -1)" })
            error.Message.ShouldContain(problem);
    }

    [SkippableFact]
    public async Task The_real_digits_are_told_by_their_content()
    {
        Skip.If(Mnist is null, NoMnist);

        var digits = await Digits.LoadAsync(Nowhere() with { Folder = Mnist });

        digits.Name.ShouldBe("mnist");
        (digits.Train.Count, digits.Test.Count).ShouldBe((60_000, 10_000));
        digits.Train.Labels[..5].ToArray().ShouldBe(new byte[] { 5, 0, 4, 1, 9 });
    }

    [Fact]
    public void Intensities_are_the_pixels_divided_by_255()
    {
        var images = new DigitImages(Idx([2, 28, 28]).AsMemory(16), new byte[] { 1, 2 });

        var intensities = images.Intensities(1, 1);

        intensities.Length.ShouldBe(DigitImages.Size);
        for (var pixel = 0; pixel < intensities.Length; pixel++)
            intensities[pixel].ShouldBe(images.Image(1)[pixel] / 255f);
        Should.Throw<ArgumentException>(() => new DigitImages(new byte[784], new byte[2])).Message.ShouldContain("2 labels need 1568 pixels");
    }

    private DigitsOptions Nowhere() => new()
    {
        DataFolder = null,
        CacheFolder = _cache.Path,
        Mirror = "http://127.0.0.1:1/",
        SyntheticTrain = 13,
        SyntheticTest = 7,
    };

    private Task<IdxException> FailsAsync() => Should.ThrowAsync<IdxException>(() => Digits.LoadAsync(Nowhere() with { Folder = _folder.Path }));
}
