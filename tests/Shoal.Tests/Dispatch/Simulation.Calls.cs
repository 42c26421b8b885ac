using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <content>Calls: what they ask for, their input and reader, and whether their outcome is right.</content>
internal sealed partial class Simulation
{
    private Action Begin(int number) => () =>
    {
        var lazy = _random.Next(3) == 0;
        var call = new SimulatedCall
        {
            Number = number,
            Count = _random.Next(4) == 0 ? _random.Next(3) : _random.Next(300),
            Retries = _random.Next(3),
            Lazy = lazy,
            InputThrows = lazy && _random.Next(4) == 0,
            CallerWaits = _callerWorks && _random.Next(2) == 0,
            ItemTime = _random.Next(1, 2000) * TimeSpan.TicksPerMicrosecond,
        };
        for (var i = _random.Next(5) - 2; i > 0 && call.Count > 0; i--)
            call.Throwing.Add(_random.Next(call.Count));
        if (_deathRate > 0 && call.Count > 0 && _random.Next(4) == 0)
            call.Deadly.Add(_random.Next(call.Count));
        if (_random.Next(3) == 0)
            LimitTime(call);
        if (_random.Next(3) == 0)
            (call.Streams, call.Ordered) = (true, _random.Next(2) == 0);
        if (_random.Next(3) == 0)
            call.Buffer = _random.Next(1, 40);
        if (_random.Next(4) == 0)
            call.MostInFlight = _random.Next(1, 20);
        if (call.Streams)
            call.CallerWaits = false;
        else
            call.Collects = _random.Next(4) == 0;
        _calls.Add(number, call);
        if (_random.Next(5) == 0)
            At(_random.Next(100) * TimeSpan.TicksPerMillisecond, () => Cancel(call));
        var batch = _random.Next(3) == 0 ? _random.Next(1, 30) : 0;
        var plan = new CallPlan(number, lazy ? -1 : call.Count, batch, call.Retries, call.Timeout)
        {
            Streams = call.Streams,
            Buffer = call.Buffer,
            InFlight = call.MostInFlight,
            Collects = call.Collects,
        };
        _dispatcher.Called(_now, plan, call.CallerWaits && call.Timeout == 0);
    };

    // Some items take longer than they may and fail for it where they run, others hang.
    private void LimitTime(SimulatedCall call)
    {
        call.Timeout = _random.Next(3, 50) * TimeSpan.TicksPerMillisecond;
        for (var i = _random.Next(4) - 1; i > 0 && call.Count > 0; i--)
            call.Slow.Add(_random.Next(call.Count));
        if (call.Count > 0 && _random.Next(2) == 0)
            call.Hanging.Add(_random.Next(call.Count));
        call.Hanging.ExceptWith(call.Throwing);
        call.Hanging.ExceptWith(call.Deadly);
        call.Slow.ExceptWith(call.Throwing);
        call.Slow.ExceptWith(call.Hanging);
    }

    // The reader takes what it can have, some time later.
    private void Release(SimulatedCall call, Instruction done)
    {
        if (!call.Streams)
            return;
        for (var item = done.Start; item < done.Start + done.Count; item++)
            call.Unread.Add(item);
        At(Delay(5 * TimeSpan.TicksPerMillisecond), () =>
        {
            var count = 0;
            for (; call.Unread.Count > 0 && (!call.Ordered || call.Unread.Min == call.Read + count); count++)
                call.Unread.Remove(call.Unread.Min);
            call.Read += count;
            if (count > 0)
                _dispatcher.Read(_now, call.Number, count);
        });
    }

    private void Take(SimulatedCall call, int count)
    {
        call.Asked += count;
        if (call.Buffer > 0)
            (call.Taken + call.Asked).ShouldBeLessThanOrEqualTo((int)(call.Streams ? call.Read : call.FinishedItems + call.Failing.Count()) + call.Buffer, "the input is too far ahead");
        At(Delay(TimeSpan.TicksPerMillisecond), () =>
        {
            var taken = Math.Min(call.Count - call.Taken, _random.Next(1, count + 1));
            call.Taken += taken;
            call.Asked -= count;
            var ended = call.Taken == call.Count;
            if (ended && call.InputThrows)
            {
                call.Thrown.Add(call.Taken);
                _dispatcher.InputFailed(_now, call.Number, call.Taken, new FormatException($"{call.Taken}"));
                return;
            }

            _dispatcher.Taken(_now, call.Number, call.Taken, ended);
            if (!ended && taken < count)
                Take(call, count - taken);
        });
    }

    private void Complete(SimulatedCall call, Exception? error)
    {
        call.Completed.ShouldBeFalse("completed twice");
        call.Completed = true;
        if (error is null)
        {
            call.Finished.Count.ShouldBe(call.Count, "results are missing");
            (call.Throwing.Count + call.Hanging.Count + call.Slow.Count == 0 && !call.InputThrows).ShouldBeTrue("a failure was forgotten");
        }
        else if (error is ItemsFailedException collected)
        {
            call.Collects.ShouldBeTrue();
            collected.Failures.Select(failure => failure.Index).ShouldBe(call.Failing.Order());
            call.Finished.Concat(call.Failing).Order().ShouldBe(Enumerable.Range(0, call.Count).Select(item => (long)item), "an item neither finished nor failed");
            call.InputThrows.ShouldBeFalse();
        }
        else if (error is InvalidOperationException)
            _closed.ShouldBeTrue();
        else if (error is not OperationCanceledException)
            CheckFailure(call, error);
        else if (call.Cancellation is not null)
            error.Message.ShouldBeOneOf(call.Cancellation.Message, "terminated");
        if (call.CallerWaits)
            At(1, () => _dispatcher.CallerLeft(_now, call.Number));
    }

    // The lowest item that threw, or whose workers died too often; and everything below it is done.
    private static void CheckFailure(SimulatedCall call, Exception error)
    {
        if (call.Collects)
        {
            call.InputThrows.ShouldBeTrue("only the input ends a call that collects");
            error.Message.ShouldBe($"{call.Count}");
            return;
        }

        var lowest = call.Failing.Min();
        if (error is WorkerLostException worker)
            worker.Index.ShouldBe(lowest);
        else if (error is TimeoutException)
            error.Message.ShouldStartWith($"Item {lowest} ran longer");
        else
            error.Message.ShouldBe($"{lowest}");
        for (var item = 0L; item < lowest; item++)
            call.Finished.ShouldContain(item, "an item below the failed one is missing");
        call.Throwing.Concat(call.Hanging).Concat(call.Slow).ShouldAllBe(item => item >= lowest);
    }
}
