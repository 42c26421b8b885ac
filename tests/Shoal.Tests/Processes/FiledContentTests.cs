using System.Runtime;
using Shoal.Backends;
using Shoal.Processes;
using Shoal.Sharing;

namespace Shoal.Tests.Processes;

/// <summary>Captured arrays that lie in a memory file, and the workers' arrays whose pages it gives.</summary>
public class FiledContentTests
{
    private const int Count = 5_000_000; // larger than what shares a region of a heap with others: all processes have it at the same place of a page
    private const long Bytes = sizeof(double) * Count;
    private const string NoMemory = "there is no shared memory on this system";

    private static readonly int Doubles = ContentTypes.CodeOf(Array.Empty<double>());

    [SkippableTheory]
    [InlineData(0, Count)]
    [InlineData(0, 1)]
    [InlineData(1, 513)]
    [InlineData(77, 1024)]
    [InlineData(12_345, 1_000_003)]
    public void What_was_written_comes_back_from_any_place(int first, int count)
    {
        Skip.IfNot(SharedMemory.IsSupported, NoMemory);
        var source = Numbers(Count);
        using var content = FiledContent.TryWrite(source, Doubles, sizeof(double) * first, sizeof(double) * count).ShouldNotBeNull();

        var there = new double[count];
        FiledContent.Fill(there, sizeof(double) * count, content.Descriptor, content.Shift).ShouldBeTrue();

        there.AsSpan().SequenceEqual(source.AsSpan(first, count)).ShouldBeTrue();
        content.Key.Hash.ShouldBe(Shoal.Wire.ParallelHash.Of(there, 0, sizeof(double) * count, LaneWriter.PartBytes));
        FiledContent.Fill(new double[count + 1], sizeof(double) * (count + 1L), content.Descriptor, content.Shift).ShouldBeFalse();
    }

    [SkippableFact]
    public void What_is_written_to_an_array_stays_in_it()
    {
        Skip.IfNot(SharedMemory.IsSupported, NoMemory);
        var source = Numbers(Count);
        using var content = FiledContent.TryWrite(source, Doubles, 0, Bytes).ShouldNotBeNull();
        var (one, other) = (new double[Count], new double[Count]);
        FiledContent.Fill(one, Bytes, content.Descriptor, content.Shift).ShouldBeTrue();
        FiledContent.Fill(other, Bytes, content.Descriptor, content.Shift).ShouldBeTrue();

        Array.Fill(one, -1);
        source[9] = -2;

        other.AsSpan().SequenceEqual(Numbers(Count)).ShouldBeTrue();
        one.ShouldAllBe(x => x == -1);
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task Collections_move_and_reuse_the_memory_of_such_arrays_as_of_others()
    {
        await Task.Yield();
        Skip.IfNot(SharedMemory.IsSupported, NoMemory);
        var source = Numbers(Count);
        for (var round = 0; round < 6; round++)
        {
            var before = new byte[200_000 + (round * 8)];
            var there = new double[Count];
            using (var content = FiledContent.TryWrite(source, Doubles, 0, Bytes).ShouldNotBeNull())
                FiledContent.Fill(there, Bytes, content.Descriptor, content.Shift).ShouldBeTrue();
            before[0] = 1;
            if (round % 2 == 0)
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, round % 3 == 0 ? GCCollectionMode.Aggressive : GCCollectionMode.Forced, blocking: true, compacting: true);
            there.AsSpan().SequenceEqual(source).ShouldBeTrue();

            there = null;
            GC.Collect();
            for (var i = 0; i < 3; i++)
                new double[Count - i].AsSpan().ContainsAnyExcept(0.0).ShouldBeFalse();
        }
    }

    [SkippableFact]
    public void Equal_arrays_share_a_file_until_the_last_worker_has_let_go()
    {
        Skip.IfNot(SharedMemory.IsSupported, NoMemory);
        FiledContents contents = new();
        FiledContent Lease(double[] array, CapturedArrays captured, out long written) => contents.Lease(array, Doubles, 0, Bytes, captured, out written).ShouldNotBeNull();
        var (array, equal, call) = (Numbers(Count), Numbers(Count), new CapturedArrays());

        var first = Lease(array, call, out var written);
        written.ShouldBe(Bytes);
        Lease(array, call, out written).ShouldBeSameAs(first);
        written.ShouldBe(0);
        Lease(equal, new CapturedArrays(), out written).ShouldBeSameAs(first);
        written.ShouldBe(0);
        array[^1] = 0.5;
        var changed = Lease(array, new CapturedArrays(), out written);
        changed.ShouldNotBeSameAs(first);
        written.ShouldBe(Bytes);

        for (var i = 0; i < 3; i++)
        {
            first.Descriptor.ShouldBeGreaterThan(0);
            contents.Release(first);
        }

        first.Descriptor.ShouldBe(-1);
        contents.Release(changed);
        changed.Descriptor.ShouldBe(-1);
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task Workers_have_no_copies_and_a_pool_that_is_gone_leaves_no_files()
    {
        await Task.Yield();
        Skip.IfNot(Transport.UsesRings(new PoolOptions()), "over sockets every worker gets a copy");
        OpenDescriptors.LeastGrowth(() =>
        {
            using var pool = Pool.Processes(2);
            var captured = Numbers(Count);
            for (var round = 0; round < 2; round++)
            {
                captured[0] = round;
                var results = pool.Map(Enumerable.Range(0, 4), task => (Sum: captured.Sum(), Private: PrivateBytes()), new MapOptions { Batch = 1 });
                results.ShouldAllBe(result => result.Sum == captured.Sum() && result.Private < 100_000_000);
            }
        }, 1).ShouldBeLessThan(1);
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task A_worker_that_takes_another_ones_place_finds_the_array()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        var captured = Numbers(Count);

        pool.Apply(() => captured[7]).ShouldBe(7);
        Should.Throw<WorkerLostException>(() => pool.Map([0], _ => { Environment.Exit(3); return captured[8]; }, new MapOptions { Retries = 0 }));
        pool.Apply(() => captured[9]).ShouldBe(9);
    }

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (double)i)];

    // Of the process that asks.
    private static long PrivateBytes() =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
}
