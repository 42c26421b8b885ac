using System.Buffers;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Both ends of a pair of rings in one process: the pool's on this thread, the worker's on another.</summary>
public class RingLinkTests
{
    [SkippableFact(Timeout = 60_000)]
    public async Task Frames_of_all_sizes_arrive_in_order()
    {
        await Task.Yield();
        int[] sizes = [0, 1, 7, 8, 4096, 65_527, 65_528, 65_529, 524_280, 524_288, 600_000, 5_000_000, 3];
        using Ends ends = new();
        FrameBuffer frames = new();
        for (var i = 0; i < sizes.Length; i++)
            Add(frames, sizes[i], i);

        ends.Pool.Send(frames); // far more than the ring holds, and does not wait
        Task<bool> pushing = Task.Factory.StartNew(() => ends.PushUntilDone(), TaskCreationOptions.LongRunning);
        for (var i = 0; i < sizes.Length; i++)
            Check(ends.Worker, sizes[i], i);
        ends.Stop();

        (await pushing).ShouldBeTrue();
    }

    [SkippableTheory(Timeout = 120_000)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Questions_and_answers_of_random_sizes_find_each_other(int seed)
    {
        await Task.Yield();
        const int rounds = 3_000;
        using Ends ends = new();
        Task worker = Task.Factory.StartNew(() =>
        {
            FrameBuffer answer = new();
            for (var i = 0; i < rounds; i++)
            {
                ends.Worker.Receive(out Frame question).ShouldBeTrue();
                answer.Clear();
                answer.Begin(FrameKind.Result);
                answer.Write(question.Body.Span);
                answer.End();
                ends.Worker.Send(answer);
                // Now and then the worker is asleep when the next question comes, now and then it is not.
                if (i % 100 == seed % 100)
                    Thread.Sleep(1);
            }
        }, TaskCreationOptions.LongRunning);

        Random random = new(seed);
        FrameBuffer frames = new();
        for (var i = 0; i < rounds; i++)
        {
            var size = random.Next(50) == 0 ? random.Next(1_500_000) : random.Next(300);
            frames.Clear();
            Add(frames, size, i);
            ends.Pool.Send(frames);
            Frame answer = ends.Next();
            answer.Body.Span.SequenceEqual(Bytes(size, i)).ShouldBeTrue($"seed {seed}, round {i}, {size} bytes");
        }
        await worker;
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task A_worker_waits_while_the_ring_is_full_and_nothing_is_lost()
    {
        await Task.Yield();
        const int count = 40;
        using Ends ends = new();
        Task worker = Task.Factory.StartNew(() =>
        {
            FrameBuffer frames = new();
            for (var i = 0; i < count; i++)
            {
                frames.Clear();
                Add(frames, 100_000, i);
                ends.Worker.Send(frames, wake: i == count - 1);
            }
        }, TaskCreationOptions.LongRunning);

        for (var i = 0; i < count; i++)
            ends.Next().Body.Span.SequenceEqual(Bytes(100_000, i)).ShouldBeTrue();
        await worker;
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task What_was_published_before_the_end_is_received_and_then_the_end()
    {
        await Task.Yield();
        using Ends ends = new();
        FrameBuffer frames = new();
        Add(frames, 10, 0);
        ends.Pool.Send(frames);
        ends.ClosePoolsBell();

        Check(ends.Worker, 10, 0);
        ends.Worker.Receive(out _).ShouldBeFalse();
        ends.Worker.Send(frames); // to nobody: dropped without an error
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task A_worker_that_waits_for_room_comes_back_when_the_pool_is_gone()
    {
        await Task.Yield();
        using Ends ends = new();
        Task worker = Task.Factory.StartNew(() =>
        {
            FrameBuffer frames = new();
            Add(frames, 3 * RingSegment.RingBytes, 0);
            ends.Worker.Send(frames);
        }, TaskCreationOptions.LongRunning);
        SpinWait.SpinUntil(() => ends.Pool.HasMore, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        ends.ClosePoolsBell();

        await worker;
    }

    [SkippableFact(Timeout = 60_000)]
    public async Task While_nobody_sleeps_no_bell_rings()
    {
        await Task.Yield();
        using Ends ends = new();
        FrameBuffer frames = new();
        Add(frames, 10, 0);

        for (var i = 0; i < 100; i++)
        {
            ends.Worker.Send(frames);
            ends.Pool.TryReceive(out _).ShouldBeTrue();
        }
        ends.PoolHasBell().ShouldBeFalse();

        ends.Pool.Arm().ShouldBeTrue();
        ends.Worker.Send(frames, wake: false);
        ends.PoolHasBell().ShouldBeFalse();
        ends.Worker.Send(frames);
        ends.PoolHasBell().ShouldBeTrue();
    }

    private static void Add(FrameBuffer frames, int size, int seed)
    {
        frames.Begin(FrameKind.Item);
        frames.Write(Bytes(size, seed));
        frames.End();
    }

    private static void Check(RingLink link, int size, int seed)
    {
        link.Receive(out Frame frame).ShouldBeTrue();
        frame.Kind.ShouldBe(FrameKind.Item);
        frame.Body.Span.SequenceEqual(Bytes(size, seed)).ShouldBeTrue($"frame {seed} of {size} bytes");
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)((i * 31) + seed);
        return bytes;
    }

    private sealed class Ends : IDisposable
    {
        private readonly RingSegment _segment = RingTests.Create();
        private readonly SocketLink _here;
        private readonly SocketLink _there;
        private readonly int _hereDescriptor;
        private volatile bool _stopped;

        public Ends()
        {
            (_hereDescriptor, var there) = Posix.SocketPair();
            _here = new SocketLink(_hereDescriptor, -1, patient: false);
            _there = new SocketLink(there, -1, patient: true);
            Pool = new RingLink(_segment, _here, isPool: true);
            Worker = new RingLink(_segment, _there, isPool: false, TimeSpan.FromMicroseconds(100));
        }

        public RingLink Pool { get; }

        public RingLink Worker { get; }

        public void Stop() => _stopped = true;

        public bool PoolHasBell() => Posix.WaitReadable(_hereDescriptor, 0);

        public void ClosePoolsBell() => _here.Dispose();

        // As an attendant does: sends on, and sleeps.
        public bool PushUntilDone()
        {
            while (!_stopped)
            {
                Pool.Push();
                _ = Pool.Wait(10);
            }
            return true;
        }

        public Frame Next()
        {
            Frame frame;
            while (!Pool.TryReceive(out frame))
            {
                Pool.Push();
                if (Pool.Arm())
                    _ = Pool.Wait(50);
            }
            return frame;
        }

        public void Dispose()
        {
            _here.Dispose();
            _there.Dispose();
            _segment.Dispose();
        }
    }
}
