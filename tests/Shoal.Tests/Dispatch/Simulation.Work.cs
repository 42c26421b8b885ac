using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <content>What workers do: they run items one by one, and what they report arrives later.</content>
internal sealed partial class Simulation
{
    private void Work(in Instruction sent, SimulatedWorker worker)
    {
        var call = _calls[sent.Call];
        var batch = new SimulatedBatch(call, sent);
        worker.Waiting.Count.ShouldBe(0, "more than one batch ahead");
        if (!_settings.SendsAhead)
            worker.Current.ShouldBeNull("two batches at once");
        call.Completed.ShouldBeFalse("work of a call that is over");
        for (var item = sent.Start; item < sent.Start + sent.Count; item++)
        {
            call.Finished.ShouldNotContain(item, "a finished item was handed out again");
            call.Deaths.GetValueOrDefault(item).ShouldBe(sent.Attempt, $"item {item}: blame");
        }

        if (_settings.TasksPerWorker > 0)
            (worker.Ran + worker.Open.Sum(open => open.Left) + sent.Count).ShouldBeLessThanOrEqualTo(_settings.TasksPerWorker, "more items than a worker may run");
        call.InFlight += sent.Count;
        if (call.MostInFlight > 0)
            call.InFlight.ShouldBeLessThanOrEqualTo(call.MostInFlight, "too many in flight");
        if (call is { Streams: true, Buffer: > 0 })
            (sent.Start + sent.Count).ShouldBeLessThanOrEqualTo(call.Read + call.Buffer, "too far ahead of the reader");
        if (sent.Attempt > 0)
            sent.Count.ShouldBe(1, "a blamed item runs alone");
        if (worker.Current is not null)
            SentAhead++;
        worker.Open.Add(batch);
        worker.Waiting.Enqueue(batch);
        if (worker.Current is null)
            NextBatch(worker);
    }

    private void NextBatch(SimulatedWorker worker)
    {
        worker.Current = null;
        while (worker.Current is null && worker.Waiting.TryDequeue(out var next))
        {
            // All of it may have been taken back.
            if (next.Item == next.End)
                continue;
            worker.Current = next;
            RunItem(worker, next, worker.Incarnation);
        }
    }

    // One step for each item, so that a cancellation in between is seen, and that the rest was taken back.
    private void RunItem(SimulatedWorker worker, SimulatedBatch batch, int incarnation)
    {
        var (call, item) = (batch.Call, batch.Item);
        var byCaller = batch.Sent.Kind == InstructionKind.SendToCaller;
        if (!byCaller && (worker.Incarnation != incarnation || worker.Dying))
            return;
        call.Begun.Add(item).ShouldBeTrue($"item {item} is run twice, and no worker died");
        if (!_callerWorks || call.Timeout > 0)
        {
            Deliver(worker, 0, () =>
            {
                worker.Announced = item;
                _dispatcher.Running(_now, worker.Number, call.Number, item);
            });
        }

        if (call.Hanging.Contains(item) && !call.Completed)
        {
            // What was done before may be read later than the words that tell what runs.
            if (_random.Next(2) == 0)
                Report(worker, batch);
            worker.Hung = (call, item, _now);
            return;
        }

        At(1 + (call.Slow.Contains(item) ? call.Timeout : 0) + ItemTime(call), () =>
        {
            if (!byCaller && (worker.Incarnation != incarnation || worker.Dying))
                return;
            if (!byCaller && (call.Deadly.Contains(item) || _random.NextDouble() < _deathRate))
            {
                End(worker, new WorkerLoss { Signal = 9, ProcessId = 7 }, call);
                return;
            }

            if (batch.Cancelled || call.Throwing.Contains(item) || call.Slow.Contains(item))
            {
                Throw(worker, batch);
                NextBatch(worker);
                return;
            }

            batch.Item++;
            var last = batch.Item == batch.End;
            if (last || _random.Next(4) == 0)
                Report(worker, batch);
            if (last)
                NextBatch(worker);
            else
                RunItem(worker, batch, incarnation);
        });
    }

    // A few items take much longer than the others, so that idle workers have something to take over.
    private long ItemTime(SimulatedCall call) => Delay(call.ItemTime) * (call.Timeout == 0 && _random.Next(30) == 0 ? 30 : 1);

    private void Throw(SimulatedWorker worker, SimulatedBatch batch)
    {
        var (call, item) = (batch.Call, batch.Item);
        Exception error = batch.Cancelled ? new OperationCanceledException()
            : call.Throwing.Contains(item) ? new FormatException($"{item}")
            : new TimeoutException($"Item {item} ran longer");
        Report(worker, batch);
        Deliver(worker, 0, () =>
        {
            worker.Ran++;
            worker.Landed(batch, batch.Left);
            if (error is not OperationCanceledException)
                call.Thrown.Add(item);
            _dispatcher.Failed(_now, worker.Number, call.Number, item, error);
        });
    }

    private void Report(SimulatedWorker worker, SimulatedBatch batch)
    {
        var (call, from, to) = (batch.Call, batch.Unreported, batch.Item);
        batch.Unreported = to;
        if (to == from)
            return;
        Deliver(worker, 0, () =>
        {
            for (var done = from; done < to; done++)
                call.Finish(done);
            worker.Landed(batch, to - from);
            worker.Ran += to - from;
            _dispatcher.Finished(_now, worker.Number, call.Number, from, (int)(to - from));
        });
    }

    // Decided at once, as by words in memory, and told at any time: before, between or after what the worker reports.
    private void TakeBack(SimulatedWorker worker, long number, bool half)
    {
        if (worker.Life == SimulatedLife.Gone)
            return;
        long? from = null;
        SimulatedBatch? batch = null;
        if (worker.Current is { } current && current.Number == number)
            (batch, from) = (current, current.Item + 1);
        else if (worker.Waiting.FirstOrDefault(waiting => waiting.Number == number) is { } waiting)
            (batch, from) = (waiting, waiting.Item);
        if (half)
            from += (batch?.End - from) / 2;
        if (from >= batch?.End)
            from = null;
        var taken = 0L;
        if (batch is not null && from is not null)
            (taken, batch.End) = (batch.End - from.Value, from.Value);
        TakenBack += taken;
        At(Delay(300 * TimeSpan.TicksPerMicrosecond), () =>
        {
            if (batch is not null)
                worker.Landed(batch, taken);
            if (worker.Slot == _dispatcher.Incarnation(worker.Number))
                _dispatcher.TakenBack(_now, worker.Number, number, from);
        });
    }

    // The process is gone now, the report comes later; what it said before comes first.
    private void End(SimulatedWorker worker, WorkerLoss loss, SimulatedCall? call = null)
    {
        if (worker.Dying)
            return;
        worker.Dying = true;
        // What it had not said is lost with it, and runs again.
        if (worker.Current is { } running)
            running.Call.Begun.RemoveWhere(item => item >= running.Unreported && item <= running.Item);
        Deliver(worker, Delay(1000), () =>
        {
            if (call is { Completed: false, Cancellation: null } && worker.Announced is { } item && !call.Finished.Contains(item) && !loss.Asked)
                call.Deaths[item] = call.Deaths.GetValueOrDefault(item) + 1;
            if (worker.Hung is { } hung)
                hung.Call.Thrown.Add(hung.Item);
            worker.End();
            if (worker.Slot == _dispatcher.Incarnation(worker.Number))
                _dispatcher.Lost(_now, worker.Number, loss);
            else
                _dispatcher.Left();
        });
    }

    private void Deliver(SimulatedWorker worker, long delay, Action report, Action? before = null)
    {
        // Reports of one worker come in order: none is delivered before the last one.
        worker.LastReport = Math.Max(worker.LastReport, _now + delay + Delay(300 * TimeSpan.TicksPerMicrosecond));
        var incarnation = worker.Incarnation;
        At(worker.LastReport - _now, () =>
        {
            if (worker.Incarnation != incarnation)
                return;
            before?.Invoke();
            report();
        });
    }
}
