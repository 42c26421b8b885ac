// Above 300 lines: the world, its workers and its calls know each other so well that files apart would be harder to read.
using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <summary>
/// A world without threads around the dispatcher: a clock, workers that start late, run, die, hang, ignore cancellation, and reports that arrive late,
/// in order for one worker and in any order between them. All of it follows from the seed.
/// </summary>
internal sealed class Simulation
{
    private readonly Random _random;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dispatcher _dispatcher;
    private readonly DispatchSettings _settings;
    private readonly List<SimulatedWorker> _workers;
    private readonly List<SimulatedWorker> _left = [];
    private readonly Dictionary<int, SimulatedCall> _calls = [];
    private readonly bool _callerWorks;
    private readonly double _deathRate;
    private long _now;
    private bool _closed;
    private long _order;
    private long _tickAt = long.MaxValue;

    public Simulation(int seed)
    {
        _random = new Random(seed);
        _callerWorks = _random.Next(3) == 0;
        _deathRate = _callerWorks ? 0 : _random.Next(3) * 0.01;
        _settings = new DispatchSettings
        {
            Scheme = "simulated",
            Workers = _random.Next(1, 8),
            EagerStart = !_callerWorks,
            WaitsForStragglers = _callerWorks,
            Probes = _callerWorks && _random.Next(2) == 0,
            Grace = _random.Next(1, 3) * TimeSpan.TicksPerSecond,
            TasksPerWorker = !_callerWorks && _random.Next(4) == 0 ? _random.Next(1, 30) : 0,
            IdleTimeout = _random.Next(4) == 0 ? _random.Next(1, 20) * TimeSpan.TicksPerMillisecond : 0,
            BatchTime = TimeSpan.TicksPerMillisecond,
        };
        _dispatcher = new Dispatcher(_settings);
        _workers = [.. Enumerable.Range(0, _settings.Workers).Select(number => new SimulatedWorker { Number = number })];
        var calls = _random.Next(1, 5);
        for (var number = 1; number <= calls; number++)
            At(_random.Next(20) * TimeSpan.TicksPerMillisecond, Begin(number));
        for (var changes = _random.Next(4) - 1; changes > 0; changes--)
            At(_random.Next(60) * TimeSpan.TicksPerMillisecond, () => _dispatcher.Resize(_now, _random.Next(1, 10)));
        if (_random.Next(4) == 0)
            At(_random.Next(60) * TimeSpan.TicksPerMillisecond, Spend);
        if (_random.Next(10) == 0)
            At(_random.Next(50) * TimeSpan.TicksPerMillisecond, Terminate);
        else
            At(_random.Next(50) * TimeSpan.TicksPerMillisecond, Close);
    }

    public bool Ended { get; private set; }

    public void Run()
    {
        Obey();
        for (var steps = 0; _events.TryDequeue(out var next, out var at); steps++)
        {
            steps.ShouldBeLessThan(200_000, "the dispatcher does not come to an end");
            _now = Math.Max(_now, at.Time);
            next();
            Obey();
        }

        foreach (var call in _calls.Values)
            call.Completed.ShouldBeTrue($"call {call.Number} never completed");
        _dispatcher.WorkRuns.ShouldBeFalse();
        Ended.ShouldBeTrue("the pool never ended");
        _workers.Concat(_left).ShouldAllBe(worker => worker.Life == SimulatedLife.Gone);
        _dispatcher.Counters.Items.ShouldBe(_calls.Values.Sum(call => call.FinishedItems));
    }

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

    private void Close()
    {
        _closed = true;
        _dispatcher.Close();
    }

    private void Terminate()
    {
        _closed = true;
        _dispatcher.Terminate(_now, () => new OperationCanceledException("terminated"));
    }

    // A worker uses more memory than it may, and says so.
    private void Spend()
    {
        if (!_callerWorks && _workers[_random.Next(_workers.Count)] is { Life: SimulatedLife.Ready, Dying: false } worker)
            _dispatcher.Spent(_now, worker.Number);
    }

    private void Cancel(SimulatedCall call)
    {
        if (call.Completed)
            return;
        call.Cancellation = new OperationCanceledException($"call {call.Number}");
        _dispatcher.Cancel(_now, call.Number, call.Cancellation, soon: _random.Next(2) == 0);
    }

    private void At(long delay, Action action) => _events.Enqueue(action, (_now + delay, _order++));

    private void Obey()
    {
        while (_dispatcher.Instructions.TryDequeue(out var next))
            Obey(next);
        if (_dispatcher.NextDeadline is var deadline && deadline < long.MaxValue && deadline != _tickAt)
        {
            _tickAt = deadline;
            At(Math.Max(0, deadline - _now), () => _dispatcher.Tick(_now));
        }
    }

    private void Obey(in Instruction next)
    {
        if (next.Kind != InstructionKind.Complete)
            Ended.ShouldBeFalse($"{next.Kind} came after the end");
        while (next.Kind == InstructionKind.Resize && _workers.Count < next.Count)
            _workers.Add(new SimulatedWorker { Number = _workers.Count });
        var worker = _workers[next.Worker];
        switch (next.Kind)
        {
            case InstructionKind.Start:
                next.Worker.ShouldBeLessThan(_dispatcher.WorkerCount, "more workers than the pool wants");
                if (worker.Leaving)
                {
                    _left.Add(worker);
                    _workers[next.Worker] = worker = new SimulatedWorker { Number = next.Worker };
                }

                worker.Life.ShouldBe(SimulatedLife.Gone, "started twice");
                worker.Slot = next.Incarnation;
                worker.Start();
                Deliver(worker, Delay(5000), () => _dispatcher.Ready(_now, worker.Number), () => worker.Life = SimulatedLife.Ready);
                break;
            case InstructionKind.Send or InstructionKind.SendToCaller:
                if (next.Kind == InstructionKind.Send)
                    worker.Life.ShouldBe(SimulatedLife.Ready, "work was sent to a worker that is not there");
                Work(next, worker);
                break;
            case InstructionKind.Cancel:
                (worker.Life == SimulatedLife.Ready || _callerWorks).ShouldBeTrue("a worker that is not there was cancelled");
                worker.Cancelled = _random.Next(4) > 0;
                break;
            case InstructionKind.Stop:
                worker.Life.ShouldBe(SimulatedLife.Ready);
                worker.Busy.ShouldBeFalse("a busy worker was stopped gently");
                worker.Leaving = true;
                End(worker, new WorkerLoss { Asked = true });
                break;
            case InstructionKind.Kill:
                worker.Life.ShouldNotBe(SimulatedLife.Gone);
                if (worker.Hung is { Call: { Completed: false, Cancellation: null } hung } && !_closed)
                    (_now - worker.Hung.Value.Since).ShouldBeGreaterThan(hung.Timeout + _settings.Grace, "killed before its time was up");
                End(worker, new WorkerLoss { Asked = true, Signal = 9 });
                break;
            case InstructionKind.Resize:
                break;
            case InstructionKind.Take:
                Take(_calls[next.Call], next.Count);
                break;
            case InstructionKind.Release:
                Release(_calls[next.Call], next);
                break;
            case InstructionKind.Complete:
                Complete(_calls[next.Call], next.Error);
                break;
            case InstructionKind.Ended:
                Ended = true;
                break;
            default:
                throw new InvalidOperationException($"{next.Kind}");
        }
    }

    private void Work(in Instruction batch, SimulatedWorker worker)
    {
        var call = _calls[batch.Call];
        worker.Busy.ShouldBeFalse("two batches at once");
        call.Completed.ShouldBeFalse("work of a call that is over");
        for (var item = batch.Start; item < batch.Start + batch.Count; item++)
        {
            call.Finished.ShouldNotContain(item, "a finished item was handed out again");
            call.Deaths.GetValueOrDefault(item).ShouldBe(batch.Attempt, $"item {item}: blame");
        }

        if (_settings.TasksPerWorker > 0)
            (worker.Ran + batch.Count).ShouldBeLessThanOrEqualTo(_settings.TasksPerWorker, "more items than a worker may run");
        call.InFlight += batch.Count;
        if (call.MostInFlight > 0)
            call.InFlight.ShouldBeLessThanOrEqualTo(call.MostInFlight, "too many in flight");
        if (call is { Streams: true, Buffer: > 0 })
            (batch.Start + batch.Count).ShouldBeLessThanOrEqualTo(call.Read + call.Buffer, "too far ahead of the reader");
        worker.Batch = (call, batch.Count);
        if (batch.Attempt > 0)
            batch.Count.ShouldBe(1, "a blamed item runs alone");
        worker.Busy = true;
        worker.Cancelled = false;
        RunItem(call, worker, batch, batch.Start, batch.Start, worker.Incarnation);
    }

    // One step for each item, so that a cancellation in between is seen.
    private void RunItem(SimulatedCall call, SimulatedWorker worker, Instruction batch, long item, long unreported, int incarnation)
    {
        var byCaller = batch.Kind == InstructionKind.SendToCaller;
        if (!byCaller && (worker.Incarnation != incarnation || worker.Dying))
            return;
        if (!_callerWorks || call.Timeout > 0)
            Deliver(worker, 0, () => { worker.Announced = item; _dispatcher.Running(_now, worker.Number, call.Number, item); });
        if (call.Hanging.Contains(item) && !call.Completed)
        {
            worker.Hung = (call, item, _now);
            return;
        }

        At(1 + (call.Slow.Contains(item) ? call.Timeout : 0) + Delay(call.ItemTime), () =>
        {
            if (!byCaller && (worker.Incarnation != incarnation || worker.Dying))
                return;
            if (!byCaller && (call.Deadly.Contains(item) || _random.NextDouble() < _deathRate))
            {
                End(worker, new WorkerLoss { Signal = 9, ProcessId = 7 }, call);
                return;
            }

            if (worker.Cancelled || call.Throwing.Contains(item) || call.Slow.Contains(item))
            {
                var error = worker.Cancelled ? new OperationCanceledException() : call.Slow.Contains(item) && !call.Throwing.Contains(item) ? new TimeoutException($"Item {item} ran longer") : (Exception)new FormatException($"{item}");
                Report(call, worker, unreported, item);
                Deliver(worker, 0, () =>
                {
                    worker.Busy = false;
                    worker.Ran++;
                    worker.Landed(worker.Batch.Left);
                    if (error is not OperationCanceledException)
                        call.Thrown.Add(item);
                    _dispatcher.Failed(_now, worker.Number, call.Number, item, error);
                });
                return;
            }

            var last = item + 1 == batch.Start + batch.Count;
            if (last || _random.Next(4) == 0)
            {
                Report(call, worker, unreported, item + 1);
                unreported = item + 1;
            }

            if (!last)
                RunItem(call, worker, batch, item + 1, unreported, incarnation);
        });
        void Report(SimulatedCall of, SimulatedWorker by, long from, long to)
        {
            if (to == from)
                return;
            Deliver(by, 0, () =>
            {
                for (var done = from; done < to; done++)
                    of.Finish(done);
                by.Landed(to - from);
                by.Ran += to - from;
                if (to == batch.Start + batch.Count)
                    by.Busy = false;
                _dispatcher.Finished(_now, by.Number, of.Number, from, (int)(to - from));
            });
        }
    }

    // The process is gone now, the report comes later; what it said before comes first.
    private void End(SimulatedWorker worker, WorkerLoss loss, SimulatedCall? call = null)
    {
        if (worker.Dying)
            return;
        worker.Dying = true;
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

    private long Delay(long most) => _random.NextInt64(most + 1);
}

internal enum SimulatedLife
{
    Gone,
    Starting,
    Ready,
}

internal sealed class SimulatedWorker
{
    public int Number { get; init; }

    public int Incarnation { get; private set; }

    public SimulatedLife Life { get; set; }

    public bool Dying { get; set; }

    /// <summary>Whether it was told to end without force: its number may be another's.</summary>
    public bool Leaving { get; set; }

    /// <summary>Which of those with its number it is.</summary>
    public int Slot { get; set; }

    /// <summary>How many items it has run.</summary>
    public long Ran { get; set; }

    public bool Busy { get; set; }

    public bool Cancelled { get; set; }

    public long? Announced { get; set; }

    /// <summary>The batch that it has: of which call, and how many of its items are not done.</summary>
    public (SimulatedCall? Call, long Left) Batch { get; set; }

    /// <summary>The item in which it hangs, and since when.</summary>
    public (SimulatedCall Call, long Item, long Since)? Hung { get; set; }

    public long LastReport { get; set; }

    public void Landed(long count)
    {
        if (Batch.Call is not { } call)
            return;
        call.InFlight -= count;
        Batch = (call, Batch.Left - count);
    }

    public void Start() => Life = SimulatedLife.Starting;

    public void End()
    {
        Incarnation++;
        Landed(Batch.Left);
        (Life, Dying, Leaving, Busy, Announced, Hung) = (SimulatedLife.Gone, false, false, false, null, null);
        Ran = 0;
    }
}

internal sealed class SimulatedCall
{
    public int Number { get; init; }

    public int Count { get; init; }

    public int Retries { get; init; }

    public bool Lazy { get; init; }

    public bool InputThrows { get; init; }

    public bool CallerWaits { get; set; }

    public long ItemTime { get; init; }

    public HashSet<long> Throwing { get; } = [];

    public HashSet<long> Deadly { get; } = [];

    /// <summary>How long an item may take, or 0.</summary>
    public long Timeout { get; set; }

    /// <summary>Items that take longer, and fail for it where they run.</summary>
    public HashSet<long> Slow { get; } = [];

    /// <summary>Items that never come to an end.</summary>
    public HashSet<long> Hanging { get; } = [];

    /// <summary>Whether its results are read while it runs, and in order.</summary>
    public bool Streams { get; set; }

    public bool Ordered { get; set; }

    public int Buffer { get; set; }

    public int MostInFlight { get; set; }

    public long InFlight { get; set; }

    /// <summary>How many results were read.</summary>
    public long Read { get; set; }

    public SortedSet<long> Unread { get; } = [];

    public HashSet<long> Thrown { get; } = [];

    /// <summary>The items that failed so far, for whatever reason.</summary>
    public IEnumerable<long> Failing => Thrown.Concat(Deaths.Where(death => death.Value > Retries).Select(death => death.Key)).Distinct();

    public bool Collects { get; set; }

    public HashSet<long> Finished { get; } = [];

    public Dictionary<long, int> Deaths { get; } = [];

    public OperationCanceledException? Cancellation { get; set; }

    public bool Completed { get; set; }

    public int Taken { get; set; }

    public int Asked { get; set; }

    public long FinishedItems => Finished.Count;

    public void Finish(long item) => Finished.Add(item).ShouldBeTrue($"item {item} finished twice");
}
