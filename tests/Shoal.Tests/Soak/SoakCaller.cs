using System.Diagnostics;

namespace Shoal.Tests.Soak;

/// <summary>A thread that makes random calls with known answers, one after another.</summary>
internal sealed class SoakCaller(SoakRound round, int seed, SoakCounts counts)
{
    private readonly Random _random = new(seed);
    private long _begun;
    private volatile string _doing = "nothing";

    /// <summary>What it does, and for how long.</summary>
    public (string What, TimeSpan Time) Doing => (_doing, Volatile.Read(ref _begun) is 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Volatile.Read(ref _begun)));

    public void Run()
    {
        while (!round.Over)
        {
            var onProcesses = _random.Next(4) > 0;
            var plan = Draw(onProcesses);
            var verb = _random.Next(11);
            // Plain shapes know nothing of tokens and places.
            if (verb >= 8)
                plan = plan with { Twist = Twist.None };
            _doing = $"{(onProcesses ? "processes" : "threads")}, verb {verb}, {plan}";
            Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
            try
            {
                Call(onProcesses ? round.Processes : round.Threads, verb, plan);
                Interlocked.Add(ref counts.Items, plan.Count);
            }
            catch (Exception error) when (IsExpected(error, plan, onProcesses))
            {
            }
            catch (Exception error)
            {
                throw new InvalidDataException($"{_doing}: {error.Message}", error);
            }
            finally
            {
                Volatile.Write(ref _begun, 0);
            }

            Interlocked.Increment(ref counts.Calls);
        }
    }

    private Plan Draw(bool onProcesses)
    {
        var twist = _random.Next(100) switch
        {
            < 55 => Twist.None,
            < 67 => Twist.Throws,
            < 72 => Twist.Listens,
            < 74 when onProcesses => Twist.Deaf,
            < 88 => Twist.Cancelled,
            _ => Twist.NoRetries,
        };
        var count = _random.Next(1, 60);
        var size = _random.Next(30) == 0 ? 200_000 : _random.Next(100);
        return new Plan(twist, count, _random.Next(count), _random.Next(2_000), size, _random.Next(1, 1_000));
    }

    private bool IsExpected(Exception error, Plan plan, bool onProcesses)
    {
        switch (error)
        {
            // The pool was terminated under the call.
            case OperationCanceledException or InvalidOperationException when round.Ending:
                return true;
            case OperationCanceledException when plan.Twist == Twist.Cancelled:
                Interlocked.Increment(ref counts.Cancellations);
                return true;
            case TimeoutException when plan.HasTimeout:
                Interlocked.Increment(ref counts.TimeOuts);
                return true;
            case FormatException when plan.Twist == Twist.Throws && error.Message == $"{plan.At}":
                Interlocked.Increment(ref counts.Failures);
                return true;
            case WorkerLostException { Signal: 9 } when plan.Twist == Twist.NoRetries && onProcesses:
                Interlocked.Increment(ref counts.Losses);
                return true;
            default:
                return false;
        }
    }

    private void Call(Pool pool, int verb, Plan plan)
    {
        using var source = new CancellationTokenSource();
        if (plan.Twist == Twist.Cancelled)
            source.CancelAfter(_random.Next(1, 30));
        var options = new MapOptions
        {
            Retries = plan.Twist == Twist.NoRetries ? 0 : 1_000,
            Batch = _random.Next(2) == 0 ? null : _random.Next(1, 20),
            Buffer = _random.Next(3) == 0 ? _random.Next(1, 50) : null,
            Timeout = plan.HasTimeout ? TimeSpan.FromMilliseconds(100) : null,
        };
        int[] numbers = [.. Enumerable.Range(0, plan.Count)];
        var items = _random.Next(2) == 0 ? numbers : numbers.Where(x => x >= 0);
        switch (verb)
        {
            case 0:
                CheckAll(plan, pool.Map(items, (x, context) => SoakWork.Item(plan, x, context), options, source.Token));
                break;
            case 1:
                CheckAll(plan, pool.Map(items, (x, context) => SoakWork.Value(plan, x, context), options, source.Token));
                break;
            case 2:
                Wait(plan, pool.MapAsync(items, (x, context) => SoakWork.Item(plan, x, context), options, source.Token), results => CheckAll(plan, results));
                break;
            case 3:
                Wait(plan, pool.MapAsync(items, async (x, context) =>
                {
                    await Task.Yield();
                    return SoakWork.Value(plan, x, context);
                }, options, source.Token), results => CheckAll(plan, results));
                break;
            case 4:
                CheckStream(plan, pool.Stream(items, (x, context) => SoakWork.Item(plan, x, context), options, source.Token));
                break;
            case 5:
                CheckUnordered(plan, pool.StreamUnordered(items, (x, context) => SoakWork.Value(plan, x, context), options, source.Token));
                break;
            case 6:
                var sum = pool.Reduce(items, "", (x, context) => $"{SoakWork.Value(plan, x, context)};", (a, b) => a + b, options, source.Token);
                Check(sum == string.Concat(numbers.Select(x => $"{plan.Expected(x)};")), plan, "the reduction is wrong");
                Completed(plan);
                break;
            case 7:
                using (var counter = new SharedCounter())
                {
                    pool.ForEach(items, (x, context) => { _ = SoakWork.Value(plan, x, context); counter.Increment(); }, options, source.Token);
                    Check(counter.Value >= plan.Count, plan, "items did not run");
                    Completed(plan);
                }

                break;
            case 8:
                CheckAll(plan, pool.StarMap(numbers.Select(x => (x, plan.Salt)), (x, salt) => (long)x * salt + x, options));
                break;
            case 9:
                // Numbers go in blocks, without a frame for each.
                plan = plan with { Count = 100 * plan.Count };
                CheckAll(plan, pool.Map(Enumerable.Range(0, plan.Count).ToArray(), x => SoakWork.Number(plan, x), options));
                break;
            default:
                Apply(pool, plan);
                break;
        }
    }

    // Apply has no retries of its own to set: one death is survived, two in a row are told.
    private void Apply(Pool pool, Plan plan)
    {
        try
        {
            var handle = pool.ApplyAsync((x, text) => (x + text.Length, Environment.ProcessId), plan.Salt, new string('x', plan.Size));
            var (value, process) = _random.Next(2) == 0 ? handle.Wait() : pool.Apply(x => (x + plan.Size, Environment.ProcessId), plan.Salt);
            Check(value == plan.Salt + plan.Size, plan, "the value is wrong");
            round.Seen(process);
            if (handle.Wait().Item1 != plan.Salt + plan.Size)
                throw new InvalidDataException("the handle's value is wrong");
        }
        catch (WorkerLostException lost) when (lost.Signal == 9)
        {
            Interlocked.Increment(ref counts.Losses);
        }
    }

    private void Wait<R>(Plan plan, PoolTask<R> handle, Action<R> check)
    {
        handle.Then(_ => Interlocked.Increment(ref counts.Callbacks), _ => Interlocked.Increment(ref counts.Callbacks));
        if (plan.Twist == Twist.Cancelled && _random.Next(2) == 0)
            handle.Cancel();
        check(_random.Next(2) == 0 ? handle.Wait() : handle.AsTask().GetAwaiter().GetResult());
    }

    private void CheckAll(Plan plan, Outcome[] results)
    {
        Check(results.Length == plan.Count, plan, $"{results.Length} results");
        for (var i = 0; i < results.Length; i++)
            CheckOne(plan, i, results[i]);
        Completed(plan);
    }

    private static void CheckAll(Plan plan, long[] results)
    {
        Check(results.Length == plan.Count, plan, $"{results.Length} results");
        for (var i = 0; i < results.Length; i++)
            Check(results[i] == plan.Expected(i), plan, $"result {i} is {results[i]}");
        Completed(plan);
    }

    private void CheckStream(Plan plan, ItemStream<Outcome> stream)
    {
        var leaves = _random.Next(5) == 0;
        var next = 0;
        foreach (var outcome in stream)
        {
            CheckOne(plan, next, outcome);
            if (leaves && ++next > plan.Count / 2)
                return;
            next += leaves ? 0 : 1;
        }

        Check(next == plan.Count, plan, $"the stream ended after {next} results");
        Completed(plan);
    }

    private static void CheckUnordered(Plan plan, ItemStream<long> stream)
    {
        var left = Enumerable.Range(0, plan.Count).Select(plan.Expected).ToHashSet();
        foreach (var value in stream)
            Check(left.Remove(value), plan, $"{value} came twice or from nowhere");
        Check(left.Count == 0, plan, $"{left.Count} results are missing");
        Completed(plan);
    }

    private void CheckOne(Plan plan, int index, in Outcome outcome)
    {
        Check(outcome.Value == plan.Expected(index), plan, $"result {index} is {outcome.Value}");
        Check(outcome.Bytes.Length == plan.Size && !outcome.Bytes.AsSpan().ContainsAnyExcept((byte)outcome.Value), plan, $"the bytes of result {index} are wrong");
        round.Seen(outcome.Process);
    }

    // A call that must fail has not.
    private static void Completed(Plan plan) => Check(plan.Twist is not (Twist.Throws or Twist.Listens or Twist.Deaf), plan, "it should have failed");

    private static void Check(bool good, Plan plan, string what)
    {
        if (!good)
            throw new InvalidDataException($"{what} ({plan})");
    }
}
