using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <content>What workers do with their batches.</content>
internal sealed partial class ScaledWorld
{
    private void Send(in Instruction batch)
    {
        ref var worker = ref _workers[batch.Worker];
        if (worker.Gone)
            return;
        worker.LastArrival = Math.Max(worker.LastArrival, _now + Delay());
        At(worker.LastArrival - _now, new(Do.Begin, batch.Worker) { Batch = batch, Version = worker.Life });
    }

    private void Arrived(int number, in Instruction batch)
    {
        ref var worker = ref _workers[number];
        if (worker.Busy)
            (worker.Ahead, worker.HasAhead) = (batch, true);
        else
            Begin(number, batch);
    }

    private void Begin(int number, in Instruction batch)
    {
        ref var worker = ref _workers[number];
        (worker.Busy, worker.Batch, worker.End, worker.BegunAt) = (true, batch, batch.Start + batch.Count, _now);
        if (_random.NextDouble() < _deathRate)
        {
            var item = batch.Start + _random.Next(batch.Count);
            At(Sum(batch.Start, item), new(Do.Die, number) { Version = worker.Version, Batch = batch with { Start = item } });
        }

        At(Sum(batch.Start, worker.End), new(Do.End, number) { Version = worker.Version });
    }

    private void Ended(int number)
    {
        ref var worker = ref _workers[number];
        worker.Version++;
        worker.Busy = false;
        Report(number, worker.Batch.Start, worker.End);
        if (!worker.HasAhead)
            return;
        worker.HasAhead = false;
        Begin(number, worker.Ahead);
    }

    private void Died(int number, long item)
    {
        ref var worker = ref _workers[number];
        if (item >= worker.End)
            return;
        Report(number, worker.Batch.Start, item);
        Deliver(number, 0, new(Do.Running, number) { Batch = worker.Batch with { Start = item } });
        Deliver(number, TimeToNoticeDeath, new(Do.Lost, number));
        worker.Version++;
        worker.Life++;
        (worker.Busy, worker.HasAhead, worker.Gone) = (false, false, true);
    }

    private void Report(int number, long from, long to)
    {
        if (to > from)
            Deliver(number, 0, new(Do.Finished, number) { Batch = new(InstructionKind.Send, number, Call, from, (int)(to - from)) });
    }

    private void Finish(int number, in Instruction done)
    {
        for (var item = (int)done.Start; item < done.Start + done.Count; item++)
        {
            if (_finished[item])
                throw new InvalidOperationException($"item {item} ran twice");
            _finished[item] = true;
        }

        Work += Sum(done.Start, done.Start + done.Count);
        _dispatcher.Finished(_now, number, Call, done.Start, done.Count);
    }

    // As by words in memory: what the worker has not begun at this moment.
    private long? TakeBack(int number, long batch, bool half)
    {
        ref var worker = ref _workers[number];
        if (worker.HasAhead && worker.Ahead.Batch == batch)
        {
            worker.HasAhead = false;
            return worker.Ahead.Start;
        }

        if (!worker.Busy || worker.Batch.Batch != batch)
            return null;
        var first = worker.Batch.Start;
        for (var at = worker.BegunAt; at <= _now && first < worker.End; first++)
            at += _cost(first);
        if (half)
            first += (worker.End - first) / 2;
        if (first >= worker.End)
            return null;
        worker.End = first;
        worker.Version++;
        At(worker.BegunAt + Sum(worker.Batch.Start, first) - _now, new(Do.End, number) { Version = worker.Version });
        return first;
    }
}
