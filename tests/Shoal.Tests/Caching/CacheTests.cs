using Shoal.Tests.Contract;

namespace Shoal.Tests.Caching;

/// <summary>The folder itself: damage, limits, rights, several programs.</summary>
public class CacheTests
{
    private const int Mutations = 400;
    private static int _scale = 3;

    [Fact]
    public void A_truncated_entry_is_ignored_and_replaced()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        Func<int, int[]> make = x => [x, x + 1, x + 2];
        cached.Apply(make, 1);
        var file = folder.Entries.ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(file);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            cached.Apply(make, 1).ShouldBe([1, 2, 3]);
            File.ReadAllBytes(file).ShouldBe(whole);
        }

        cached.Report.ShouldBe(new CacheReport { Misses = whole.Length + 1, Damaged = whole.Length });
        cached.Apply(make, 1).ShouldBe([1, 2, 3]);
        cached.Report.Hits.ShouldBe(1);
    }

    [Fact]
    public void An_entry_with_changed_bytes_is_ignored_and_replaced()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        Func<int, Dictionary<string, object>> make = x => new() { ["a"] = x, ["b"] = new[] { 1.5, x }, ["c"] = "text" };
        cached.Apply(make, 1);
        var file = folder.Entries.ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(file);
        var random = new Random(5);

        for (var mutation = 0; mutation < Mutations; mutation++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(file, bytes);
            cached.Apply(make, 1)["a"].ShouldBe(1);
        }

        cached.Report.Damaged.ShouldBe(Mutations);
        File.ReadAllBytes(file).ShouldBe(whole);
    }

    [Fact]
    public void An_entry_under_another_key_is_not_believed()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> same = x => x;
        cached.Apply(same, 1);
        var one = folder.Entries.Single();
        cached.Apply(same, 2);
        var two = folder.Entries.Single(file => file != one);

        File.Copy(one, two, overwrite: true);

        cached.Apply(same, 2).ShouldBe(2);
        cached.Report.Damaged.ShouldBe(1);
    }

    [Fact]
    public void Beyond_the_limit_the_entries_that_were_not_used_go()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(new CacheOptions { Folder = folder.Cache, LimitInBytes = 20_000 });
        Func<int, byte[]> kilobyte = x => [.. Enumerable.Repeat((byte)x, 1000)];

        for (var x = 0; x < 60; x++)
        {
            cached.Apply(kilobyte, x);
            // The clock of the file system is coarse: the order of use must be told apart.
            for (var index = 0; index < folder.Entries.Length; index++)
                Age(folder.Entries[index], TimeSpan.FromSeconds(1));
            cached.Apply(kilobyte, 0);
        }

        folder.Entries.Sum(file => new FileInfo(file).Length).ShouldBeLessThanOrEqualTo(20_000 + 20_000 / 16 + 1200);
        cached.Report.Misses.ShouldBe(60, "the first was used all the time, and stayed");
        cached.Apply(kilobyte, 1);
        cached.Report.Misses.ShouldBe(61, "the second was not, and went");
    }

    [Fact]
    public void What_a_killed_writer_left_goes_after_an_hour()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(new CacheOptions { Folder = folder.Cache, LimitInBytes = 1 });
        var bucket = Directory.CreateDirectory(Path.Combine(folder.Cache, "ab")).FullName;
        string[] left = [Path.Combine(bucket, "fresh.new"), Path.Combine(bucket, "old.new"), Path.Combine(folder.Cache, "mine.txt")];
        foreach (var file in left)
            File.WriteAllText(file, "half");
        Age(left[1], TimeSpan.FromHours(2));
        Age(left[2], TimeSpan.FromHours(2));

        cached.Apply(x => x, 1);

        left.Where(File.Exists).ShouldBe([left[0], left[2]]);
    }

    [SkippableFact]
    public void Folder_and_files_belong_to_their_owner_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "rights are those of Unix");
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        pool.Cached(folder.Cache).Apply(x => x, 1);

#pragma warning disable CA1416 // The skip above.
        File.GetUnixFileMode(folder.Cache).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(folder.Entries.Single()).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(folder.Cache, File.GetUnixFileMode(folder.Cache) | UnixFileMode.OtherWrite);
#pragma warning restore CA1416
        Should.Throw<ArgumentException>(() => pool.Cached(folder.Cache)).Message.ShouldContain("chmod go-w");
    }

    [Fact]
    public void A_place_that_cannot_be_a_folder_is_told()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var file = Path.Combine(folder.Runs, "file");
        File.WriteAllText(file, "");

        Should.Throw<ShoalException>(() => pool.Cached(file)).Message.ShouldContain("CacheOptions.Folder");
        Should.Throw<ArgumentException>(() => pool.Cached(new CacheOptions { Folder = "", LimitInBytes = 0 })).Message
            .ShouldBe("CacheOptions is not valid: Folder must name a folder (was empty); LimitInBytes must be 1 or more (was 0).");
    }

    [Fact]
    public void A_result_that_finds_no_room_is_returned_all_the_same_and_counted()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        // A file where the folders of the entries would be: nothing can be stored.
        for (var bucket = 0; bucket < 256; bucket++)
            File.WriteAllText(Path.Combine(folder.Cache, $"{bucket:x2}"), "");

        cached.Map([1, 2, 3], x => x + 1).ShouldBe([2, 3, 4]);

        cached.Report.ShouldBe(new CacheReport { Misses = 3, NotStored = 3 }, "an entry that is no file cannot be read either way");
    }

    [Fact]
    public void Static_fields_that_the_function_reads_are_part_of_the_key()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> scaled = x => x * _scale;

        cached.Apply(scaled, 2).ShouldBe(6);
        _scale = 5;
        cached.Apply(scaled, 2).ShouldBe(10);
        _scale = 3;
        cached.Apply(scaled, 2).ShouldBe(6);

        cached.Report.ShouldBe(new CacheReport { Hits = 1, Misses = 2 });
    }

    [Fact]
    public void What_belongs_to_a_worker_does_not_change_the_key()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder.Cache);
        Func<int, int> With(WorkerLocal<List<int>> own) => x => own.Value.Count + x;
        static List<int> Make() => [1, 2];

        cached.Apply(With(new(Make)), 1).ShouldBe(3);
        cached.Apply(With(new(Make)), 1).ShouldBe(3);

        cached.Report.ShouldBe(new CacheReport { Hits = 1, Misses = 1 });
    }

    [Fact]
    public async Task Many_threads_may_use_one_cache()
    {
        using var folder = new CacheTestFolder();
        using var pool = Pool.Threads(3);
        var cached = pool.Cached(folder.Cache);
        Func<int, int> square = x => x * x;

        var calls = Enumerable.Range(0, 8).Select(_ => Task.Run(() => cached.Map(Enumerable.Range(0, 200), square)));
        var results = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

        results.ShouldAllBe(result => result.SequenceEqual(Enumerable.Range(0, 200).Select(x => x * x)));
        folder.Entries.Length.ShouldBe(200);
        cached.Report.NotStored.ShouldBe(0);
    }

    [Fact]
    public async Task Two_processes_at_once_share_a_folder()
    {
        using var folder = new CacheTestFolder();
        var cache = folder.Cache;
        using var pool = Pool.Processes(2);

        // Each worker is a program with a serial pool and a cache of its own over the folder, and they begin together.
        var reports = await Task.Run(() => pool.Map([0, 1], _ => Use(cache), new MapOptions { Batch = 1 })).WaitAsync(TimeSpan.FromSeconds(60));

        reports.ShouldAllBe(report => report.IsRight && report.Damaged == 0 && report.NotStored == 0);
        folder.Entries.Length.ShouldBe(300, "nothing unfinished is left");
        using var after = Pool.Serial();
        var cached = after.Cached(cache);
        cached.Map(Enumerable.Range(0, 300), Text).ShouldBe(Enumerable.Range(0, 300).Select(Text));
        cached.Report.Hits.ShouldBe(300);
    }

    private static (bool IsRight, long Damaged, long NotStored) Use(string folder)
    {
        using var pool = Pool.Serial();
        var cached = pool.Cached(folder);
        var right = true;
        for (var x = 0; x < 300; x++)
            right &= cached.Apply(Text, x) == Text(x);
        return (right, cached.Report.Damaged, cached.Report.NotStored);
    }

    private static string Text(int x) => new('x', x);

    private static void Age(string file, TimeSpan by) => File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) - by);
}
