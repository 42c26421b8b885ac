using Shoal.Processes;
using Shoal.Wire;

namespace Shoal.Tests.Processes;

/// <summary>The lane alone: what goes in comes out, what nobody wants is passed over, and what makes no sense is refused.</summary>
public class LaneTests
{
    [SkippableFact(Timeout = 60_000)]
    public async Task Blocks_of_random_sizes_come_out_whole_or_not_at_all()
    {
        await Task.Yield();
        foreach (var seed in new[] { 1, 2, 3 })
        {
            using RingSegment segment = RingTests.Create();
            LaneWriter writer = segment.LaneWriter(toWorker: true);
            LaneReader reader = segment.LaneReader(toWorker: true);
            Random random = new(seed);
            List<(byte[] Bytes, long Position, bool Wanted)> blocks = [];
            LanePlan plan = new();
            plan.Begin(0);
            for (var i = 0; i < 60; i++)
            {
                var bytes = new byte[random.Next(1, random.Next(2) == 0 ? 100_000 : 10_000_000)];
                random.NextBytes(bytes.AsSpan(0, Math.Min(bytes.Length, 5_000)));
                blocks.Add((bytes, plan.Add(bytes, 0, bytes.Length, random.Next(3) == 0 ? new Check() : null), random.Next(3) > 0));
            }
            writer.Add(plan);
            Task writing = Task.Factory.StartNew(() =>
            {
                while (writer.IsBusy)
                {
                    if (!writer.Push())
                        _ = Thread.Yield();
                }
            }, TaskCreationOptions.LongRunning);

            foreach ((var bytes, var position, var wanted) in blocks)
            {
                reader.SkipTo(position);
                var got = new byte[wanted ? bytes.Length : bytes.Length / 3];
                for (var done = 0; done < got.Length;)
                    done += reader.Read(got.AsSpan(done));
                got.AsSpan().SequenceEqual(bytes.AsSpan(0, got.Length)).ShouldBeTrue($"seed {seed}");
            }
            reader.SkipTo(plan.End);

            await writing;
        }
    }

    [SkippableFact]
    public void A_reader_that_goes_back_or_a_word_that_makes_no_sense_is_refused()
    {
        using RingSegment segment = RingTests.Create();
        LaneWriter writer = segment.LaneWriter(toWorker: false);
        LaneReader reader = segment.LaneReader(toWorker: false);
        LanePlan plan = new();
        plan.Begin(0);
        _ = plan.Add(new byte[3_000_000], 0, 3_000_000, null);
        writer.Add(plan);
        writer.Push().ShouldBeTrue();
        reader.Read(new byte[10]).ShouldBe(10);

        Should.Throw<InvalidDataException>(() => reader.SkipTo(9)).Message.ShouldContain("10");
        reader.SkipTo(long.MaxValue / 2); // past all that was announced
        plan.Begin(writer.End);
        _ = plan.Add(new byte[3_000_000], 0, 3_000_000, null);
        writer.Add(plan);
        Should.Throw<InvalidDataException>(() => writer.Push());
    }

    [SkippableFact]
    public void A_content_that_changed_on_its_way_is_not_taken_for_what_it_was()
    {
        var bytes = new byte[1_000_000];
        UInt128 hash = ParallelHash.Of(bytes, 0, bytes.Length, LaneWriter.PartBytes);
        SentContent Sent(Action<int> between)
        {
            using RingSegment segment = RingTests.Create();
            LaneWriter writer = segment.LaneWriter(toWorker: true);
            LanePlan plan = new();
            plan.Begin(0);
            SentContent content = new(0, new ContentKey(0, bytes.Length, hash), bytes.Length);
            _ = plan.Add(bytes, 0, bytes.Length, content);
            between(0);
            writer.Add(plan);
            while (writer.IsBusy)
                writer.Push().ShouldBeTrue();
            return content;
        }

        Sent(_ => { }).IsWhole.ShouldBeTrue();
        Sent(_ => bytes[777_777] = 1).IsWhole.ShouldBeFalse();
    }

    [Fact]
    public void A_message_that_claims_a_block_where_no_lane_is_is_damaged()
    {
        var message = Shoal.Tests.Wire.Trip.Bytes(new byte[LargeBlock.Bytes]);
        var at = message.AsSpan().IndexOf((byte)LargeBlock.Here);
        foreach (var place in new[] { LargeBlock.Lane, LargeBlock.Content, (byte)77 })
        {
            byte[] damaged = [.. message];
            damaged[at] = place;
            Should.Throw<InvalidDataException>(() => WireFormat.Read<byte[]>(damaged));
        }
    }

    private sealed class Check : IBlockCheck
    {
        public void Add(ReadOnlySpan<byte> part) => part.Length.ShouldBeLessThanOrEqualTo(LaneWriter.PartBytes);

        public void Complete()
        {
        }
    }
}
