using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <summary>
/// A world without threads around the dispatcher: a clock, workers that start late, run, die, hang, ignore cancellation, and reports that arrive late,
/// in order for one worker and in any order between them. All of it follows from the seed.
/// </summary>
internal sealed partial class Simulation
{
    private const int LinesOfTrace = 60;

    private readonly Random _random;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dispatcher _dispatcher;
    private readonly DispatchSettings _settings;
    private readonly List<SimulatedWorker> _workers;
    private readonly List<SimulatedWorker> _left = [];
    private readonly Dictionary<int, SimulatedCall> _calls = [];
    private readonly bool _callerWorks;
    private readonly double _deathRate;
    private readonly Queue<string> _trace = new();
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
            SendsAhead = !_callerWorks && _random.Next(2) == 0,
            TakesBack = _random.Next(4) > 0,
        };
        _dispatcher = new Dispatcher(_settings) { Trace = new DispatchTrace(_trace.Enqueue) };
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

    /// <summary>How many items were taken back from workers.</summary>
    public long TakenBack { get; private set; }

    /// <summary>How many batches were sent to workers that had one.</summary>
    public long SentAhead { get; private set; }

    /// <summary>The last events and instructions.</summary>
    public IEnumerable<string> LastTrace => _trace;

    public void Run()
    {
        Obey();
        for (var steps = 0; _events.TryDequeue(out var next, out var at); steps++)
        {
            steps.ShouldBeLessThan(200_000, "the dispatcher does not come to an end");
            _now = Math.Max(_now, at.Time);
            next();
            Obey();
            while (_trace.Count > LinesOfTrace)
                _trace.Dequeue();
        }

        foreach (var call in _calls.Values)
            call.Completed.ShouldBeTrue($"call {call.Number} never completed");
        _dispatcher.WorkRuns.ShouldBeFalse();
        Ended.ShouldBeTrue("the pool never ended");
        _workers.Concat(_left).ShouldAllBe(worker => worker.Life == SimulatedLife.Gone);
        _dispatcher.Counters.Items.ShouldBe(_calls.Values.Sum(call => call.FinishedItems));
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
        while (_dispatcher.TryNext(out var next))
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
                if (worker.Current is { } cancelled && cancelled.Call.Number == next.Call)
                    cancelled.Cancelled |= _random.Next(4) > 0;
                break;
            case InstructionKind.TakeBack or InstructionKind.TakeHalf:
                TakeBack(worker, next.Batch, half: next.Kind == InstructionKind.TakeHalf);
                break;
            case InstructionKind.Stop:
                worker.Life.ShouldBe(SimulatedLife.Ready);
                worker.Current.ShouldBeNull("a busy worker was stopped gently");
                worker.Waiting.ShouldBeEmpty();
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

    private long Delay(long most) => _random.NextInt64(most + 1);
}

