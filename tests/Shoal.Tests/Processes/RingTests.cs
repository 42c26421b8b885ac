using System.Buffers.Binary;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>The ring of bytes alone, and the frames that are cut out of it.</summary>
public class RingTests
{
    [SkippableFact(Timeout = 120_000)]
    public async Task Bytes_of_random_sizes_arrive_whole_and_in_order()
    {
        await Task.Yield();
        const long total = 50_000_000;
        foreach (var seed in new[] { 1, 2, 3 })
        {
            using RingSegment segment = Create();
            RingWriter writer = segment.Writer(toWorker: true);
            RingReader reader = segment.Reader(toWorker: true);
            Thread writing = new(() =>
            {
                Random random = new(seed);
                var bytes = new byte[2 * RingSegment.RingBytes];
                for (long at = 0; at < total;)
                {
                    var count = (int)Math.Min(total - at, Size(random, bytes.Length));
                    for (var i = 0; i < count; i++)
                        bytes[i] = ByteAt(at + i);
                    for (var done = 0; done < count;)
                    {
                        var took = writer.Write(bytes.AsSpan(done, count - done));
                        done += took;
                        writer.Publish();
                        if (took == 0)
                            Thread.Yield();
                    }
                    at += count;
                }
            });
            writing.Start();

            Random sizes = new(-seed);
            var read = new byte[2 * RingSegment.RingBytes];
            for (long at = 0; at < total;)
            {
                var got = reader.Read(read.AsSpan(0, Size(sizes, read.Length)));
                for (var i = 0; i < got; i++)
                {
                    if (read[i] != ByteAt(at + i))
                        throw new InvalidDataException($"Seed {seed}: byte {at + i} is {read[i]}, not {ByteAt(at + i)}.");
                }
                at += got;
            }
            writing.Join();
            reader.IsEmpty.ShouldBeTrue($"seed {seed}");
        }
    }

    [SkippableFact]
    public void A_full_ring_takes_what_fits_and_goes_on_when_there_is_room()
    {
        using RingSegment segment = Create();
        RingWriter writer = segment.Writer(toWorker: false);
        RingReader reader = segment.Reader(toWorker: false);
        var more = new byte[RingSegment.RingBytes + 100];
        more.AsSpan().Fill(7);

        writer.Write(more).ShouldBe(RingSegment.RingBytes);
        writer.Publish();
        writer.Free.ShouldBe(0);
        writer.Write([1]).ShouldBe(0);
        reader.HasRoom.ShouldBeFalse();

        reader.Read(new byte[60]).ShouldBe(60);
        writer.Write(more).ShouldBe(60);
        reader.Read(new byte[RingSegment.RingBytes]).ShouldBe(RingSegment.RingBytes - 60);
        reader.HasRoom.ShouldBeTrue();
        writer.Publish();
        reader.Read(new byte[RingSegment.RingBytes]).ShouldBe(60);
    }

    [SkippableFact]
    public void What_a_writer_did_not_publish_before_its_end_was_never_there()
    {
        using RingSegment segment = Create();
        RingFrames frames = new(segment.Reader(toWorker: false));
        RingWriter writer = segment.Writer(toWorker: false);
        writer.Write(Bytes(FrameKind.Result, [1, 2, 3]));
        writer.Publish();

        writer.Write(Bytes(FrameKind.Result, [4, 5, 6]));

        frames.TryTake(out Frame whole).ShouldBeTrue();
        whole.Body.ToArray().ShouldBe([1, 2, 3]);
        frames.TryTake(out _).ShouldBeFalse();
        frames.HasMore.ShouldBeFalse();
    }

    [SkippableTheory]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(500_000)]
    public void A_frame_of_which_only_a_part_came_is_none(int part)
    {
        using RingSegment segment = Create();
        RingFrames frames = new(segment.Reader(toWorker: false));
        RingWriter writer = segment.Writer(toWorker: false);
        var frame = Bytes(FrameKind.Result, new byte[part + 100]);

        writer.Write(frame.AsSpan(0, part));
        writer.Publish();
        frames.TryTake(out _).ShouldBeFalse();

        writer.Write(frame.AsSpan(part));
        writer.Publish();
        frames.TryTake(out Frame whole).ShouldBeTrue();
        whole.Body.Length.ShouldBe(part + 100);
    }

    [SkippableFact]
    public unsafe void Words_that_make_no_sense_are_refused()
    {
        using RingSegment segment = Create();
        long tail = 2L * RingSegment.RingBytes, head = 0;
        var data = new byte[RingSegment.RingBytes];
        fixed (byte* bytes = data)
        {
            RingReader reader = new(bytes, data.Length, &tail, &head);
            Should.Throw<InvalidDataException>(() => reader.Read(new byte[10])).Message.ShouldContain("damaged");
            head = 5;
            RingWriter writer = new(bytes, data.Length, &tail, &head);
            Should.Throw<InvalidDataException>(() => writer.Free).Message.ShouldContain("damaged");
        }
    }

    [SkippableFact]
    public void A_length_that_no_frame_can_have_is_refused()
    {
        using RingSegment segment = Create();
        RingFrames frames = new(segment.Reader(toWorker: true));
        RingWriter writer = segment.Writer(toWorker: true);
        writer.Write([0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0]);
        writer.Publish();

        Should.Throw<InvalidDataException>(() => frames.TryTake(out _)).Message.ShouldContain("-1 bytes");
    }

    [SkippableFact]
    public void The_running_item_is_that_of_its_batch_alone()
    {
        using RingSegment segment = Create();

        segment.Running.Read(1).ShouldBeNull();
        segment.Running.Begin(1, 40);
        segment.Running.Read(1).ShouldBe(40);
        segment.Running.Next(41);
        segment.Running.Read(1).ShouldBe(41);
        segment.Running.Read(2).ShouldBeNull();
        segment.Running.Begin(2, 0);
        segment.Running.Read(1).ShouldBeNull();
        segment.Running.Read(2).ShouldBe(0);
    }

    [SkippableFact]
    public void The_memory_cannot_be_cut_off_under_a_reader()
    {
        using RingSegment segment = Create();
        using FileStream file = new($"/proc/self/fd/{segment.Descriptor}", FileMode.Open, FileAccess.ReadWrite);

        Should.Throw<Exception>(() => file.SetLength(4096));
        file.Length.ShouldBeGreaterThan(2 * RingSegment.RingBytes);
    }

    internal static RingSegment Create()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "rings need memory files, which only Linux has");
        return RingSegment.TryCreate().ShouldNotBeNull();
    }

    private static byte[] Bytes(FrameKind kind, byte[] body)
    {
        var frame = new byte[Frame.HeaderSize + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), (int)kind);
        body.CopyTo(frame, Frame.HeaderSize);
        return frame;
    }

    // Small ones mostly, as frames are.
    private static int Size(Random random, int longest) => random.Next(4) == 0 ? random.Next(1, longest) : random.Next(1, 200);

    private static byte ByteAt(long at) => (byte)(at ^ (at >> 8) ^ (at >> 16) ^ (at >> 24));
}
