namespace Shoal.Tests.Contract;

/// <content>The verbs of a pool with a memory on disk beside <c>Map</c> and <c>Apply</c>.</content>
public abstract partial class PoolContract
{
    [Fact]
    public Task Cached_star_map_finds_what_it_stored() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        (int, int)[] pairs = [(1, 2), (3, 4), (5, 6)];
        Func<int, int, int> times = (x, y) => x * y;
        Func<int, int, int, int, int, int, int, int, string> all = (a, b, c, d, e, f, g, h) => $"{a}{b}{c}{d}{e}{f}{g}{h}";

        for (var round = 0; round < 2; round++)
        {
            cached.StarMap(pairs, times).ShouldBe([2, 12, 30]);
            cached.StarMap([(1, 2, 3, 4, 5, 6, 7, 8)], all).ShouldBe(["12345678"]);
        }

        cached.Report.ShouldBe(new CacheReport { Hits = 4, Misses = 4 });
    });

    [Fact]
    public Task Cached_async_verbs_give_what_the_others_do_and_share_their_results() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        var runs = folder.Runs;
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> square = x => CacheTestFolder.Square(runs, x);
        Func<int, int, int> times = (x, y) => x * y;

        cached.MapAsync([1, 2, 3], square).Wait(Limit).ShouldBe([1, 4, 9]);
        cached.Map([3, 4], square).ShouldBe([9, 16]);
        var known = cached.MapAsync([4, 1], square);
        known.IsCompleted.ShouldBeTrue();
        known.Cancel().ShouldBeFalse();
        known.Wait(Limit).ShouldBe([16, 1]);
        cached.ApplyAsync(square, 2).Wait(Limit).ShouldBe(4);
        cached.ApplyAsync(() => "none").Wait(Limit).ShouldBe("none");
        cached.StarMapAsync([(2, 3), (4, 5)], times).Wait(Limit).ShouldBe([6, 20]);
        cached.ApplyAsync(times, 4, 5).Wait(Limit).ShouldBe(20);

        folder.CountRuns().ShouldBe(4);
    });

    [Fact]
    public Task Cached_async_calls_keep_what_was_done_and_name_places_in_the_whole_input() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> half = x => x % 2 == 0 ? x / 2 : throw new FormatException($"{x} is odd");
        cached.Map([2, 4], half);

        var failed = Should.Throw<ItemsFailedException>(() => cached.MapAsync([2, 3, 4, 6], half, new() { OnFailure = OnFailure.Collect }).Wait(Limit));
        failed.Failures.ShouldHaveSingleItem().Index.ShouldBe(1);
        ((int[])failed.Results)[3].ShouldBe(3);
        Should.Throw<FormatException>(() => cached.MapAsync([6, 5], half).Wait(Limit)).Message.ShouldBe("5 is odd");

        cached.Report.Hits.ShouldBe(3);
    });

    [Fact]
    public Task Cached_async_calls_are_cancelled_and_followed_like_others() => Within(() =>
    {
        using var folder = new CacheTestFolder();
        using var pool = Open();
        using var done = new ManualResetEventSlim();
        var cached = pool.Cached(folder.Cache);
        var told = new List<string>();

        var waits = cached.MapAsync([1], WaitForCancel);
        waits.Cancel().ShouldBeTrue();
        Should.Throw<OperationCanceledException>(() => waits.Wait(Limit));
        cached.ApplyAsync(() => "told").Then(result =>
        {
            told.Add(result);
            done.Set();
        });

        done.Wait(Limit).ShouldBeTrue();
        told.ShouldBe(["told"]);
    });
}
