using System.Runtime.InteropServices;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class RunningItemTests
{
    [SkippableFact]
    public unsafe void What_a_batch_has_not_begun_is_given_back_once()
    {
        Skip.IfNot(Posix.AcceptFences(), "this system has no fences for other processes");
        using Words words = new();
        RunningItem item = new(words.Address);

        item.Begin(1, 100).ShouldBeTrue();
        item.Next(101).ShouldBeTrue();
        item.GiveBack(1, 100, 10, half: true).ShouldBe(106);
        item.GiveBack(1, 100, 10, half: true).ShouldBe(104);
        item.GiveBack(2, 110, 10, half: false).ShouldBe(110, "a batch that was sent ahead goes back whole");

        item.Next(102).ShouldBeTrue();
        item.Next(103).ShouldBeTrue();
        item.GiveBack(1, 100, 10, half: false).ShouldBeNull("nothing is left");
        item.Next(104).ShouldBeFalse();
        item.IsCut.ShouldBeTrue();
        item.GiveBack(1, 100, 10, half: false).ShouldBeNull();
        item.Begin(2, 110).ShouldBeFalse();
        item.Begin(3, 120).ShouldBeTrue();
        item.IsCut.ShouldBeFalse();
    }

    // A worker that runs batch after batch as fast as it can, and a pool that takes back at any moment: each item is run by one side, and by one only.
    [SkippableFact(Timeout = 60_000)]
    public async Task Worker_and_pool_agree_who_has_an_item()
    {
        Skip.IfNot(Posix.AcceptFences(), "this system has no fences for other processes");
        await Task.Yield();
        const int Batches = 20_000, Count = 16;
        using Words words = new();
        var ends = new long[Batches + 1];
        var taken = new long[Batches + 1];
        long begun = 0;
        Thread worker = new(() =>
        {
            for (var batch = 1; batch <= Batches; batch++)
                ends[batch] = Run(words, batch, ref begun);
            Volatile.Write(ref begun, long.MaxValue);
        });
        worker.Start();

        Random random = new(1);
        var agreed = 0;
        for (long batch; (batch = Volatile.Read(ref begun)) != long.MaxValue;)
        {
            // As a pool does: of the batch that runs, and of the next one.
            batch = Math.Min(batch + random.Next(2), Batches);
            if (batch > 0 && GiveBack(words, batch, random.Next(2) == 0) is long from)
            {
                agreed++;
                taken[batch] = taken[batch] == 0 ? from : Math.Min(taken[batch], from);
            }
        }
        worker.Join();

        agreed.ShouldBeGreaterThan(0);
        for (var batch = 1; batch <= Batches; batch++)
            ends[batch].ShouldBe(taken[batch] == 0 ? (batch + 1) * Count : taken[batch], $"batch {batch}");

        // Where the worker's part of the batch ends.
        static unsafe long Run(Words words, long batch, ref long begun)
        {
            RunningItem item = new(words.Address);
            Volatile.Write(ref begun, batch);
            var mine = item.Begin(batch, batch * Count);
            var index = batch * Count;
            while (mine && ++index < (batch + 1) * Count)
            {
                Thread.SpinWait(5);
                mine = item.Next(index);
            }
            return index;
        }

        static unsafe long? GiveBack(Words words, long batch, bool half) => new RunningItem(words.Address).GiveBack(batch, batch * Count, Count, half);
    }

    private sealed unsafe class Words : IDisposable
    {
        public long* Address { get; } = (long*)NativeMemory.AlignedAlloc(128, 128);

        public Words() => NativeMemory.Clear(Address, 128);

        public void Dispose() => NativeMemory.AlignedFree(Address);
    }
}
