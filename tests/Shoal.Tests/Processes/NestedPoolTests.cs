using System.Diagnostics;
using System.Globalization;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Worker processes with worker processes of their own: nobody outlives those he works for.</summary>
public class NestedPoolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Two workers, each with two of its own, all of them busy and deaf.
    private static (PoolTask<int[]> Call, int[] Workers, int[] Grandchildren) StartTree(Pool pool, string folder)
    {
        PoolTask<int[]> call = pool.MapAsync([0, 1], n =>
        {
            using Pool own = Pool.Processes(2);
            return own.Map([0, 1], m =>
            {
                var file = Path.Combine(folder, $"{n}{m}");
                File.WriteAllText(file + ".new", $"{Environment.ProcessId}");
                File.Move(file + ".new", file);
                Thread.Sleep(TimeSpan.FromMinutes(10)); // it ends by being killed
                return m;
            }, new() { Batch = 1 })[0];
        }, new() { Batch = 1, Retries = 0 });
        string[] files = ["00", "01", "10", "11"];
        SpinWait.SpinUntil(() => files.All(file => File.Exists(Path.Combine(folder, file))), Limit).ShouldBeTrue();
        int[] grandchildren = [.. files.Select(file => int.Parse(File.ReadAllText(Path.Combine(folder, file)), CultureInfo.InvariantCulture))];
        int[] workers = [.. grandchildren.Select(ParentOf).Distinct()];
        workers.Length.ShouldBe(2);
        grandchildren.ShouldBeUnique();
        return (call, workers, grandchildren);
    }

    private static int ParentOf(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        return int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(" ")[0], CultureInfo.InvariantCulture);
    }

    [Fact(Timeout = 120_000)]
    [Trait("Behaviour", "29")]
    public async Task Terminate_ends_the_whole_tree_within_five_seconds()
    {
        await Task.Yield();
        using TempFolder folder = new();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = 2, Nested = true });
        (PoolTask<int[]> call, var workers, var grandchildren) = StartTree(pool, folder.Path);

        Stopwatch watch = Stopwatch.StartNew();
        pool.Terminate();

        Should.Throw<OperationCanceledException>(() => call.Wait(Limit));
        foreach (var process in (int[])[.. workers, .. grandchildren])
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(5) - watch.Elapsed).ShouldBeTrue($"process {process} is still there");
        pool.Join(Limit).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    [Trait("Behaviour", "29")]
    public async Task A_worker_that_is_killed_takes_its_own_workers_with_it_and_no_others()
    {
        await Task.Yield();
        using TempFolder folder = new();
        using Pool pool = Pool.Processes(new PoolOptions { Workers = 2, Nested = true });
        (PoolTask<int[]> call, var workers, var grandchildren) = StartTree(pool, folder.Path);
        ILookup<int, int> families = grandchildren.ToLookup(ParentOf);

        _ = Posix.Kill(workers[0], Posix.SigKill);

        Should.Throw<WorkerLostException>(() => call.Wait(Limit)).ProcessId.ShouldBe(workers[0]);
        foreach (var process in families[workers[0]])
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(5)).ShouldBeTrue($"process {process} is still there");
        pool.Terminate();
        pool.Join(Limit).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task Inner_workers_share_the_share_of_their_worker()
    {
        await Task.Yield();
        using Pool pool = Pool.Processes(new PoolOptions
        {
            Workers = 1,
            Nested = true,
            Environment = new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = "6", ["MKL_NUM_THREADS"] = "5" },
        });

        (int Workers, int Cores, string? Omp, string? Mkl) share = pool.Apply(() =>
        {
            using Pool own = Pool.Processes(3);
            using Pool all = Pool.Threads();
            return own.Apply(
                workers => (workers, Environment.ProcessorCount, Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), Environment.GetEnvironmentVariable("MKL_NUM_THREADS")),
                all.Workers);
        });

        share.ShouldBe((6, 2, Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "2", "5"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_process_starts_inside_an_item_where_pools_may()
    {
        await Task.Yield();
        using Pool nested = Pool.Processes(new PoolOptions { Workers = 1, Nested = true }), plain = Pool.Processes(1);

        nested.Apply(() =>
        {
            using ChildProcess<int> child = ChildProcess.Start(() => Environment.ProcessId);
            return child.Wait() != Environment.ProcessId;
        }).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => plain.Apply(() => ChildProcess.Start(() => 1).Wait())).Message.ShouldContain("PoolOptions.Nested");
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("shoal-tree-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
