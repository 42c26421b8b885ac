using System.Collections;
using Shoal.Backends;
using Shoal.Dispatch;

namespace Shoal.Tests.Dispatch;

/// <summary>
/// A world of thousands of workers and many millions of items around the dispatcher: one step a batch, not an item. Instructions and reports take their time, workers
/// die, and all of it follows from the seed.
/// </summary>
internal sealed partial class ScaledWorld
{
    private const long Microsecond = TimeSpan.TicksPerMicrosecond;
    private const long LongestDelay = 200 * Microsecond;
    private const long TimeToNoticeDeath = 10_000 * Microsecond;
    private const int Call = 1;
    private const int LinesOfTrace = 40;

    private readonly Random _random;
    private readonly Func<long, long> _cost;
    private readonly double _deathRate;
    private readonly Dispatcher _dispatcher;
    private readonly Worker[] _workers;
    private readonly PriorityQueue<Step, (long Time, long Order)> _steps = new();
    private readonly BitArray _finished;
    private readonly Queue<string> _trace = new();
    private readonly long _items;
    private long _now;
    private long _order;
    private long _tickAt = long.MaxValue;
    private bool _over;

    /// <summary>A world before its first event.</summary>
    /// <param name="seed">What all delays and deaths follow from.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="items">How many items.</param>
    /// <param name="cost">What each item takes, in ticks.</param>
    /// <param name="deathRate">How likely a worker dies in a batch.</param>
    /// <param name="keepsTrace">Whether lines are kept for <see cref="LastTrace"/>: they cost most of the time.</param>
    public ScaledWorld(int seed, int workers, int items, Func<long, long> cost, double deathRate = 0, bool keepsTrace = false)
    {
        (_random, _items, _cost, _deathRate) = (new Random(seed), items, cost, deathRate);
        _finished = new BitArray(items);
        _workers = new Worker[workers];
        var before = GC.GetAllocatedBytesForCurrentThread();
        _dispatcher = new Dispatcher(new DispatchSettings { Scheme = "simulated", Workers = workers, EagerStart = true, SendsAhead = true, TakesBack = true })
        {
            Trace = keepsTrace ? new DispatchTrace(_trace.Enqueue) : null,
        };
        BytesAtStart = GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public IEnumerable<string> LastTrace => _trace;

    /// <summary>What the dispatcher holds before the call, in bytes.</summary>
    public long BytesAtStart { get; }

    /// <summary>What dispatcher and world allocate during the call, in bytes, whatever becomes of it: an upper bound of what they hold.</summary>
    public long BytesDuring { get; private set; }

    public long Events { get; private set; }

    public long Instructions { get; private set; }

    public long Batches => _dispatcher.Counters.Batches;

    public long Lost => _dispatcher.Counters.Lost;

    /// <summary>All items' cost, in ticks.</summary>
    public double Work { get; private set; }

    /// <summary>From the call to its outcome, in ticks.</summary>
    public long Makespan { get; private set; }

    /// <summary>How much longer it took than all workers working all the time.</summary>
    public double OverIdeal => Makespan / (Work / _workers.Length);

    public void Run()
    {
        Obey();
        while (_steps.Count > 0 && _steps.Peek().Do == Do.Ready)
            Advance();
        var begun = _now;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        _dispatcher.Called(_now, new CallPlan(Call, _items, Retries: 1000));
        Obey();
        while (!_over)
        {
            if (_steps.Count == 0)
                throw new InvalidOperationException("nothing happens any more, and the call is not over");
            Advance();
        }

        BytesDuring = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Makespan = _now - begun;
        _dispatcher.Counters.Items.ShouldBe(_items);
        _finished.HasAllSet().ShouldBeTrue("an item was lost");
    }

    private void Advance()
    {
        _steps.TryDequeue(out var step, out var at);
        _now = Math.Max(_now, at.Time);
        ref var worker = ref _workers[step.Worker];
        if ((step.Do is Do.End or Do.Die && step.Version != worker.Version) || (step.Do == Do.Begin && step.Version != worker.Life))
            return;
        Events++;
        switch (step.Do)
        {
            case Do.Ready:
                _dispatcher.Ready(_now, step.Worker);
                break;
            case Do.Begin:
                Arrived(step.Worker, step.Batch);
                break;
            case Do.End:
                Ended(step.Worker);
                break;
            case Do.Die:
                Died(step.Worker, step.Batch.Start);
                break;
            case Do.Finished:
                Finish(step.Worker, step.Batch);
                break;
            case Do.Running:
                _dispatcher.Running(_now, step.Worker, Call, step.Batch.Start);
                break;
            case Do.Lost:
                _dispatcher.Lost(_now, step.Worker, new WorkerLoss { Signal = 9, ProcessId = 7 });
                break;
            default:
                _dispatcher.Tick(_now);
                break;
        }

        Obey();
    }

    private void Obey()
    {
        while (_dispatcher.TryNext(out var next))
        {
            Instructions++;
            switch (next.Kind)
            {
                case InstructionKind.Start:
                    _workers[next.Worker].Gone = false;
                    At(Delay(), new(Do.Ready, next.Worker));
                    break;
                case InstructionKind.Send:
                    Send(next);
                    break;
                case InstructionKind.TakeBack or InstructionKind.TakeHalf:
                    _dispatcher.TakenBack(_now, next.Worker, next.Batch, TakeBack(next.Worker, next.Batch, next.Kind == InstructionKind.TakeHalf));
                    break;
                case InstructionKind.Complete:
                    next.Error.ShouldBeNull();
                    _over = true;
                    break;
                default:
                    throw new InvalidOperationException($"{next.Kind}");
            }
        }

        if (_dispatcher.NextDeadline is var deadline && deadline < long.MaxValue && deadline != _tickAt)
        {
            _tickAt = deadline;
            At(deadline - _now, new(Do.Tick, 0));
        }

        while (_trace.Count > LinesOfTrace)
            _trace.Dequeue();
    }

    private long Sum(long from, long to)
    {
        long sum = 0;
        for (var item = from; item < to; item++)
            sum += _cost(item);
        return sum;
    }

    private long Delay() => _random.NextInt64(LongestDelay);

    private void Deliver(int number, long delay, in Step report)
    {
        // In the order in which things happened, for one worker.
        ref var worker = ref _workers[number];
        worker.LastReport = Math.Max(worker.LastReport, _now + delay + Delay());
        At(worker.LastReport - _now, report);
    }

    private void At(long delay, in Step step) => _steps.Enqueue(step, (_now + Math.Max(0, delay), _order++));

    private enum Do
    {
        Ready,
        Begin,
        End,
        Die,
        Running,
        Finished,
        Lost,
        Tick,
    }

    private readonly record struct Step(Do Do, int Worker)
    {
        public long Version { get; init; }

        public Instruction Batch { get; init; }
    }

    private struct Worker
    {
        public bool Busy;
        public bool Gone;
        public bool HasAhead;
        public Instruction Batch;
        public Instruction Ahead;
        public long End;
        public long BegunAt;
        public long LastReport;
        public long LastArrival;
        public long Life;
        public long Version;
    }
}
