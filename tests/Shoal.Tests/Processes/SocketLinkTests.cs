using System.Buffers;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class SocketLinkTests
{
    [Fact(Timeout = 60_000)]
    public async Task Frames_of_all_sizes_arrive_in_order()
    {
        await Task.Yield();
        int[] sizes = [0, 1, 7, 8, 4096, 65_527, 65_528, 65_536, 65_537, 300_000, 5_000_000, 3];
        (SocketLink here, SocketLink there) = Pair();
        using (here)
        using (there)
        {
            FrameBuffer frames = new();
            for (var i = 0; i < sizes.Length; i++)
            {
                frames.Begin(FrameKind.Item);
                frames.Write(Bytes(sizes[i], i));
                frames.End();
            }

            here.Send(frames);

            for (var i = 0; i < sizes.Length; i++)
            {
                there.Receive(out Frame frame).ShouldBeTrue();
                frame.Kind.ShouldBe(FrameKind.Item);
                frame.Body.Span.SequenceEqual(Bytes(sizes[i], i)).ShouldBeTrue($"frame {i} of {sizes[i]} bytes");
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Sending_to_a_reader_that_sleeps_does_not_wait_and_keeps_the_order()
    {
        await Task.Yield();
        (SocketLink here, SocketLink there) = Pair();
        using (here)
        using (there)
        {
            for (var i = 0; i < 20; i++)
                here.Send(One(Bytes(1_000_000, i)));

            for (var i = 0; i < 20; i++)
            {
                there.Receive(out Frame frame).ShouldBeTrue();
                frame.Body.Span.SequenceEqual(Bytes(1_000_000, i)).ShouldBeTrue();
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_end_of_the_other_side_is_the_end_after_what_it_sent()
    {
        await Task.Yield();
        (SocketLink here, SocketLink there) = Pair();
        using (here)
        {
            there.Send(One(Bytes(10, 0)));
            there.Dispose();

            here.Receive(out Frame frame).ShouldBeTrue();
            frame.Body.Length.ShouldBe(10);
            here.Receive(out _).ShouldBeFalse();
            here.Receive(out _).ShouldBeFalse();
            here.Send(One(Bytes(10, 0))); // dropped without an error: receiving says it
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Closing_ends_a_sender_that_waits()
    {
        await Task.Yield();
        (SocketLink here, SocketLink there) = Pair();
        using (there)
        {
            here.Send(One(new byte[50_000_000]));

            here.Dispose();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_deadline_passes()
    {
        await Task.Yield();
        (SocketLink here, SocketLink there) = Pair();
        using (here)
        using (there)
            Should.Throw<TimeoutException>(() => here.Receive(out _, Environment.TickCount64 + 20));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_length_that_no_frame_can_have_is_refused()
    {
        await Task.Yield();
        (var a, var b) = Posix.SocketPair();
        using SocketLink link = new(a, -1, patient: false);
        Write(b, [0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0]);

        Should.Throw<InvalidDataException>(() => link.Receive(out _)).Message.ShouldContain("-1 bytes");
        _ = Posix.Close(b);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(2_000)]
    [InlineData(20_000)]
    public unsafe void What_gathers_while_the_pool_rests_fits_into_the_socket(int size)
    {
        (var a, var b) = Posix.SocketPair();
        var message = stackalloc byte[size];

        var fit = 0;
        while (Posix.Send(a, message, size, wait: false) == size)
            fit++;

        fit.ShouldBeGreaterThanOrEqualTo(SocketLink.Room / (SocketLink.MessageBytes + size));
        _ = Posix.Close(a);
        _ = Posix.Close(b);
    }

    [Fact]
    public void A_frame_that_is_too_long_is_refused_with_its_size()
    {
        FrameBuffer frames = new(maxBody: 1000);
        frames.Begin(FrameKind.Item);
        frames.Write(new byte[900]);

        FrameTooLongException error = Should.Throw<FrameTooLongException>(() => frames.Write(new byte[200]));

        error.Message.ShouldContain("1,000");
        error.Message.ShouldContain("smaller items");
    }

    [Fact]
    public void A_batch_may_be_longer_than_a_frame()
    {
        FrameBuffer frames = new(maxBody: 1000);
        for (var i = 0; i < 100; i++)
        {
            frames.Begin(FrameKind.Item);
            frames.Write(new byte[1000]);
            frames.End();
        }

        frames.Length.ShouldBe(100 * (1000 + Frame.HeaderSize));
    }

    [Fact]
    public void A_frame_can_be_closed_as_another_kind()
    {
        FrameBuffer frames = new();
        frames.Begin(FrameKind.Result);
        frames.Int64(5);
        frames.End(FrameKind.Error);

        frames.Segment(0).ToArray().ShouldBe([8, 0, 0, 0, (byte)FrameKind.Error, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
    }

    private static (SocketLink, SocketLink) Pair()
    {
        (var a, var b) = Posix.SocketPair();
        return (new SocketLink(a, -1, patient: false), new SocketLink(b, -1, patient: true));
    }

    private static unsafe void Write(int descriptor, byte[] bytes)
    {
        fixed (byte* pointer = bytes)
            Posix.Write(descriptor, pointer, bytes.Length).ShouldBe(bytes.Length);
    }

    private static FrameBuffer One(byte[] body)
    {
        FrameBuffer frames = new();
        frames.Begin(FrameKind.Item);
        frames.Write(body);
        frames.End();
        return frames;
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)((i * 31) + seed);
        return bytes;
    }
}
