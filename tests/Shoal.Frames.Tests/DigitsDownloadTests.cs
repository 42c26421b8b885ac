using System.Diagnostics;
using static Shoal.Frames.Tests.TestFiles;

namespace Shoal.Frames.Tests;

public sealed class DigitsDownloadTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TestFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [SkippableFact]
    public async Task All_four_files_arrive_with_progress_and_are_kept()
    {
        Skip.If(Mnist is null, NoMnist);
        using var mirror = new TestMirror((name, client, _) => TestMirror.SendAsync(client, File.ReadAllBytes(Path.Combine(Mnist, name))));
        var progress = new Seen();

        var digits = await Digits.LoadAsync(Options(mirror) with { Progress = progress }).WaitAsync(Limit);
        var again = await Digits.LoadAsync(Options(mirror)).WaitAsync(Limit);

        digits.Name.ShouldBe("mnist");
        digits.Notices.ShouldBeEmpty();
        again.Test.Count.ShouldBe(10_000);
        mirror.Requests.Count.ShouldBe(4);
        KeptFiles().ShouldBe(mirror.Requests.Order());
        progress.Last.Keys.Order().ShouldBe(mirror.Requests.Order());
        progress.Last.Values.ShouldAllBe(last => last.ReceivedBytes == last.TotalBytes);
    }

    [SkippableFact]
    public async Task Only_the_missing_file_is_fetched()
    {
        Skip.If(Mnist is null, NoMnist);
        foreach (var file in Directory.GetFiles(Mnist, "*.gz").Where(file => !file.Contains("t10k-labels")))
            File.Copy(file, _cache.File(Path.GetFileName(file)));
        using var mirror = new TestMirror((name, client, _) => TestMirror.SendAsync(client, File.ReadAllBytes(Path.Combine(Mnist, name))));

        var digits = await Digits.LoadAsync(Options(mirror)).WaitAsync(Limit);

        digits.Name.ShouldBe("mnist");
        mirror.Requests.ShouldBe(["t10k-labels-idx1-ubyte.gz"]);
    }

    [Fact]
    public async Task A_wrong_checksum_keeps_nothing_and_is_told()
    {
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, Gzip(Idx([20, 28, 28]))));

        await IsSyntheticAsync(mirror, "train-images-idx3-ubyte.gz: wrong checksum: SHA-256 of the unpacked content is ");
    }

    [Fact]
    public async Task More_than_the_expected_content_is_a_wrong_checksum()
    {
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, Gzip(new byte[60_000_000])));

        await IsSyntheticAsync(mirror, "wrong checksum");
    }

    [Fact]
    public async Task A_page_that_is_no_gzip_file_is_told()
    {
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, "<html>Please sign in</html>"u8.ToArray()));

        await IsSyntheticAsync(mirror, "what arrived is no gzip file");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told()
    {
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, [], status: "404 Not Found"));

        await IsSyntheticAsync(mirror, "answered 404 Not Found");
        mirror.Requests.ShouldBe(["train-images-idx3-ubyte.gz"]);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_told()
    {
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, new byte[100], declared: 1000));

        await IsSyntheticAsync(mirror, "broke off after 100 bytes");
    }

    [Fact]
    public async Task Silence_before_the_answer_ends_after_the_time_out()
    {
        using var mirror = new TestMirror((_, _, stop) => TestMirror.SilenceAsync(stop));
        var clock = Stopwatch.StartNew();

        await IsSyntheticAsync(mirror, "no answer within 0.3 s", timeout: TimeSpan.FromSeconds(0.3));

        clock.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Silence_in_the_middle_of_the_answer_ends_after_the_time_out()
    {
        using var mirror = new TestMirror(async (_, client, stop) =>
        {
            await TestMirror.SendAsync(client, new byte[100], declared: 1000);
            await TestMirror.SilenceAsync(stop);
        });

        await IsSyntheticAsync(mirror, "no answer within 0.3 s", timeout: TimeSpan.FromSeconds(0.3));
    }

    [Fact]
    public void The_time_out_is_5_seconds_unless_set() => new DigitsOptions().AnswerTimeout.ShouldBe(TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Cancelling_ends_a_download_and_removes_what_it_began()
    {
        var asked = new TaskCompletionSource();
        using var mirror = new TestMirror(async (_, client, stop) =>
        {
            await TestMirror.SendAsync(client, new byte[100], declared: 1000);
            asked.SetResult();
            await TestMirror.SilenceAsync(stop);
        });
        using var cancel = new CancellationTokenSource();

        var loading = Digits.LoadAsync(Options(mirror), cancel.Token);
        await asked.Task.WaitAsync(Limit);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => loading.WaitAsync(Limit));
        KeptFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_download_left_an_hour_ago_is_removed()
    {
        var old = _cache.Write("train-images-idx3-ubyte.gz.1.part", [1]);
        var fresh = _cache.Write("train-images-idx3-ubyte.gz.2.part", [1]);
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
        using var mirror = new TestMirror((_, client, _) => TestMirror.SendAsync(client, [], status: "404 Not Found"));

        await Digits.LoadAsync(Options(mirror)).WaitAsync(Limit);

        File.Exists(old).ShouldBeFalse();
        File.Exists(fresh).ShouldBeTrue();
    }

    private async Task IsSyntheticAsync(TestMirror mirror, string reason, TimeSpan? timeout = null)
    {
        var digits = await Digits.LoadAsync(Options(mirror) with { AnswerTimeout = timeout ?? Limit }).WaitAsync(Limit);

        digits.Name.ShouldBe("synthetic");
        digits.Notices.ShouldHaveSingleItem().ShouldContain(reason);
        KeptFiles().ShouldBeEmpty();
    }

    private IEnumerable<string> KeptFiles() => Directory.GetFiles(_cache.Path).Select(file => Path.GetFileName(file)).Order();

    private DigitsOptions Options(TestMirror mirror) => new() { DataFolder = null, CacheFolder = _cache.Path, Mirror = mirror.Address, SyntheticTrain = 1, SyntheticTest = 1 };

    private sealed class Seen : IProgress<DownloadProgress>
    {
        public Dictionary<string, DownloadProgress> Last { get; } = [];

        public void Report(DownloadProgress value) => Last[value.File] = value;
    }
}
