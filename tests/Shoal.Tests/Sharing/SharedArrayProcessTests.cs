using System.Globalization;
using Shoal.Processes;
using Shoal.Sharing;
using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>The array between processes: not copied, opened once, given back, and gone with whoever is killed.</summary>
public class SharedArrayProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 120_000)]
    [Trait("Behaviour", "41")]
    public async Task A_worker_has_no_memory_of_its_own_for_it()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        using var array = new SharedArray<double>(12_500_000); // 100 MB
        array.Span.Fill(1);

        var (sum, kilobytes) = pool.Apply(() =>
        {
            var total = 0.0;
            foreach (var x in array.Span)
                total += x;
            return (total, PrivateKilobytes());
        });

        sum.ShouldBe(12_500_000);
        kilobytes.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_maps_it_once_and_keeps_it_for_the_next_call()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        using var array = new SharedArray<int>(1000);
        using var other = new SharedArray<int>(1000);

        var first = pool.Map(Enumerable.Range(0, 10), _ => AddressOf(array));
        var second = pool.Map(Enumerable.Repeat(array, 10), AddressOf);
        var both = pool.Apply(() => AddressOf(array) == AddressOf(other));

        first.Concat(second).Distinct().Count().ShouldBe(1);
        both.ShouldBeFalse();
        pool.Apply(Mappings).ShouldBe(2);
        GC.KeepAlive(other);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_it_is_disposed_idle_workers_let_go_of_it()
    {
        await Task.Yield();
        using var pool = Pool.Processes(2);
        var array = new SharedArray<int>(1000);
        var processes = pool.Map(Enumerable.Range(0, 50), i => (Environment.ProcessId, array[i])).Select(pair => pair.ProcessId).Distinct().ToArray();
        processes.ShouldContain(process => MappingsOf(process) == 1);

        array.Dispose();

        SpinWait.SpinUntil(() => processes.All(process => MappingsOf(process) == 0 && DescriptorsOf(process) == 0), Limit).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task Disposing_it_while_a_call_runs_takes_nothing_from_under_the_function()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var pool = Pool.Processes(1);
        var array = new SharedArray<int>(1000);
        var path = gate.Path;
        var call = pool.ApplyAsync(() =>
        {
            array[1] = 5;
            Gate.Pass(path);
            return array[1];
        });
        gate.WaitForArrival();

        array.Dispose();
        gate.Open();

        call.Wait(Limit).ShouldBe(5);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_disposes_what_it_was_handed_does_nothing()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        using var array = new SharedArray<int>([1, 2, 3]);

        pool.Map([0, 1, 2], i =>
        {
            using (array)
                return array[i];
        }).ShouldBe([1, 2, 3]);
        array[0].ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_worker_changes_nothing_for_the_others()
    {
        await Task.Yield();
        using var pool = Pool.Processes(2);
        using var array = new SharedArray<int>(100);

        Should.Throw<WorkerLostException>(() => pool.Map(Enumerable.Range(0, 10), i => i == 5 ? array[i] = Posix.Kill(Environment.ProcessId, Posix.SigKill) : array[i] = i, new() { Retries = 0 }));

        pool.Map(Enumerable.Range(10, 10), i => array[i] = i).ShouldBe(Enumerable.Range(10, 10));
        array[19].ShouldBe(19);
        Directory.GetFiles("/dev/shm", "shoal-*").ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    [Trait("Behaviour", "41")]
    public async Task What_a_killed_process_shared_is_gone_and_whoever_has_it_open_keeps_it()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var owner = ChildProcess.Start(Own, gate.Path);
        gate.WaitForArrival();
        var parts = File.ReadAllText(gate.Path + ".handle").Split(' ');
        var handle = new SegmentHandle(owner.Id, int.Parse(parts[0], CultureInfo.InvariantCulture), 4000, Guid.Parse(parts[1]));
        using var opened = Segment.Open(handle, SegmentKind.Array, "test");

        owner.Kill();
        owner.Join(Limit).ShouldBeTrue();

        unsafe
        {
            ((int*)opened.Data)[9].ShouldBe(99);
        }

        var error = Should.Throw<ShoalException>(() => Segment.Open(handle, SegmentKind.Array, "SharedArray<int>[1000]"));
        error.Message.ShouldContain($"its process {owner.Id} is gone");
        Directory.GetFiles("/dev/shm", "shoal-*").ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_process_shares_it_too()
    {
        await Task.Yield();
        using var array = new SharedArray<int>(10);

        using var child = ChildProcess.Start(() =>
        {
            array[1] = 1;
            return new SharedArray<int>([7, 8, 9]);
        });
        using var made = child.Wait();

        array[1].ShouldBe(1);
        child.IsAlive.ShouldBeFalse();
        made.ToArray().ShouldBe([7, 8, 9]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_gathers_over_many_calls()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        var process = pool.Apply(() => Environment.ProcessId);

        for (var i = 0; i < 200; i++)
        {
            using var array = new SharedArray<int>([i]);
            pool.Apply(() => array[0]).ShouldBe(i);
        }

        SpinWait.SpinUntil(() => MappingsOf(process) == 0 && DescriptorsOf(process) == 0, Limit).ShouldBeTrue();
    }

    private static void Own(string path)
    {
        var array = new SharedArray<int>(1000);
        array[9] = 99;
        File.WriteAllText(path + ".handle", $"{array.Segment.Handle.Descriptor} {array.Segment.Handle.Tag}");
        Gate.Pass(path);
        GC.KeepAlive(array);
    }

    private static unsafe long AddressOf(SharedArray<int> array) => (long)array.Segment.Data;

    private static int Mappings() => MappingsOf(Environment.ProcessId);

    private static int MappingsOf(int process) => File.ReadLines($"/proc/{process}/maps").Count(line => line.Contains("memfd:shoal"));

    private static int DescriptorsOf(int process) => Directory.GetFiles($"/proc/{process}/fd").Count(file => new FileInfo(file).LinkTarget?.Contains("memfd:shoal") == true);

    // Of the mappings of shared segments.
    private static int PrivateKilobytes()
    {
        var (sum, ours) = (0, false);
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
                ours = line.Contains("memfd:shoal");
            else if (ours && line.StartsWith("Private_", StringComparison.Ordinal))
                sum += int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        return sum;
    }
}
