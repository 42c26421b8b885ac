using Shoal.Tests.Children;

namespace Shoal.Tests.Sharing;

/// <summary>Two ends: what goes in comes out, closing, and what happens when the one at the other end dies.</summary>
public class SharedPipeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void What_is_sent_into_one_end_is_received_at_the_other()
    {
        using var pipe = new SharedPipe<string>();

        pipe.First.Send("to second");
        pipe.First.Send("again");
        pipe.Second.Send("to first");

        pipe.First.Receive().ShouldBe("to first");
        pipe.Second.Receive().ShouldBe("to second");
        pipe.Second.Receive().ShouldBe("again");
        pipe.Second.TryReceive(out _, TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public void Waits_end_with_the_time()
    {
        using var pipe = new SharedPipe<byte[]>(1024);

        Should.Throw<TimeoutException>(() => pipe.First.Receive(TimeSpan.FromMilliseconds(20))).Message.ShouldContain("Nothing came through SharedPipe<Byte[]>");
        pipe.First.TrySend(new byte[900], TimeSpan.Zero).ShouldBeTrue();
        pipe.First.TrySend(new byte[900], TimeSpan.Zero).ShouldBeFalse();
        Should.Throw<TimeoutException>(() => pipe.First.Send(new byte[900], TimeSpan.FromMilliseconds(20))).Message.ShouldContain("was full for");
        pipe.Second.TrySend(new byte[900], TimeSpan.Zero).ShouldBeTrue("each direction has its own room");
        using var cancel = new CancellationTokenSource(50);
        Should.Throw<OperationCanceledException>(() => pipe.First.Send(new byte[900], Limit, cancel.Token));
        Should.Throw<ArgumentException>(() => pipe.First.Send(new byte[2000])).Message.ShouldContain("Make it with a larger capacityInBytes");
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedPipe<int>(10)).ParamName.ShouldBe("capacityInBytes");
    }

    [Fact]
    public void A_closed_end_gives_what_was_sent_and_takes_nothing_more()
    {
        using var pipe = new SharedPipe<int>();
        pipe.First.Send(1);

        pipe.First.Close();

        Should.Throw<InvalidOperationException>(() => pipe.First.Send(2)).Message.ShouldContain("This end");
        Should.Throw<InvalidOperationException>(() => pipe.First.Receive());
        Should.Throw<InvalidOperationException>(() => pipe.Second.Send(2)).Message.ShouldContain("The other end");
        pipe.Second.Receive().ShouldBe(1);
        pipe.Second.TryReceive(out _, Limit).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => pipe.Second.Receive(Limit)).Message.ShouldContain("nothing is left");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_process_answers_through_its_end()
    {
        await Task.Yield();
        using var pipe = new SharedPipe<(int, string)>(1024);
        using var child = ChildProcess.Start(Echo, pipe.Second);

        for (var i = 0; i < 300; i++)
        {
            pipe.First.Send((i, "x"), Limit);
            pipe.First.Receive(Limit).ShouldBe((-i, "xx"));
        }

        pipe.First.Close();
        child.Wait(Limit).ShouldBe(300);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pipe_that_is_captured_whole_works_too()
    {
        await Task.Yield();
        using var pool = Pool.Processes(1);
        using var pipe = new SharedPipe<int>();

        pool.Apply(() =>
        {
            pipe.Second.Send(41);
            return 0;
        });

        pipe.First.Receive(Limit).ShouldBe(41);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_death_at_the_other_end_is_told_after_what_was_sent_before()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var pipe = new SharedPipe<int>(1024);
        using var child = ChildProcess.Start(SendAndWait, pipe.Second, gate.Path);
        gate.WaitForArrival();

        child.Kill();
        child.Join(Limit).ShouldBeTrue();

        pipe.First.Receive(Limit).ShouldBe(7);
        Should.Throw<SharedPipeBrokenException>(() => pipe.First.Receive(Limit)).ProcessId.ShouldBe(child.Id);
        Should.Throw<SharedPipeBrokenException>(() =>
        {
            for (var i = 0; i < 10_000; i++)
                pipe.First.Send(i, Limit);
        }).Message.ShouldContain($"process {child.Id} at its other end has ended");
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_waits_while_the_other_dies_is_told()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var pipe = new SharedPipe<int>();
        using var child = ChildProcess.Start(SendAndWait, pipe.Second, gate.Path);
        pipe.First.Receive(Limit).ShouldBe(7);
        var waiter = Task.Factory.StartNew(() => pipe.First.Receive(Limit), TaskCreationOptions.LongRunning);

        child.Kill();

        await Should.ThrowAsync<SharedPipeBrokenException>(() => waiter);
    }

    private static int Echo(SharedPipeEnd<(int, string)> end)
    {
        var count = 0;
        for (; end.TryReceive(out var item, Limit); count++)
            end.Send((-item.Item1, item.Item2 + item.Item2), Limit);
        return count;
    }

    private static void SendAndWait(SharedPipeEnd<int> end, string path)
    {
        end.Send(7);
        Gate.Pass(path);
    }
}
