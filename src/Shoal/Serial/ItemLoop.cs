using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The loop over one call's items on the running thread: the meaning of every verb.</summary>
internal abstract class ItemLoop(PoolJob job, Lane lane, CallControl control)
{
    // The items between two looks at the clock for the user's progress double while they take less than this. Not beyond the most: the next ones may take a thousand times as long.
    // At 256 progress costs an item less than a nanosecond (bench/Pools, options).
    private static readonly TimeSpan ShortStep = TimeSpan.FromMilliseconds(1);
    private const int LongestStep = 256;

    private int _step = 1;
    private long _stepBegan;

    protected PoolJob Job => job;

    protected Lane Lane => lane;

    /// <summary>Runs all items; throws what the first failing one throws.</summary>
    public void Run()
    {
        // Once for all items: each step finds that it is there already, which costs no allocation.
        var before = lane.Enter();
        try
        {
            using var steps = Steps();
            while (steps.MoveNext())
            {
            }
        }
        finally
        {
            Lane.Leave(before);
        }
    }

    /// <summary>Runs the items step by step, each when it is asked for; gives the ranges that are done, then throws what the first failing item throws.</summary>
    public IEnumerator<(long Start, int Count)> Steps()
    {
        lane.Prepare(job.Call);
        using var link = control.Link((_, _) => lane.Cancel(job.Call));
        try
        {
            long next = 0;
            var taken = 0;
            Exception? inputError = null;
            List<ItemFailure>? failures = null;
            while (true)
            {
                if (taken == 0 && inputError is null)
                    taken = Take(next, out inputError);
                if (taken == 0)
                    break;
                var error = Run(next, taken, out var done);
                if (done > 0)
                {
                    Release(next, done);
                    job.Progress?.Add(done, job.Count);
                    yield return (next, done);
                }

                next += done;
                taken -= done;
                if (error is null)
                    continue;
                if (!Collects(error))
                    ExceptionDispatchInfo.Throw(Reason(error));
                (failures ??= []).Add(new ItemFailure(next, Reason(error)));
                Release(next++, 1);
                taken--;
            }

            if (inputError is not null)
                ExceptionDispatchInfo.Throw(inputError);
            if (failures is not null)
                throw new ItemsFailedException(failures);
        }
        finally
        {
            if (job.Count is null)
                job.CloseInput();
        }

        job.Progress?.End(job.Taken);
    }

    /// <summary>Runs a range in order, until the function throws or the lane is told to stop.</summary>
    protected abstract void RunRange(long start, int count, ref int done);

    private void Release(long start, int count)
    {
        if (job.Count is null || job.Streams)
            job.Release(start, count);
    }

    // A function that cannot travel, and a call that was told to stop, have no item that could go on.
    private bool Collects(Exception error)
        => job.Options.OnFailure == OnFailure.Collect && control.Error is null && error is not ItemRefusedException { Index: < 0 };

    private static Exception Reason(Exception error) => error is ItemRefusedException { InnerException: { } reason } ? reason : error;

    private Exception? Run(long start, int count, out int done)
    {
        done = 0;
        try
        {
            // A stream may have been told to stop while its reader had other things to do.
            if (control.Error is { } stopped)
                return stopped;
            var before = lane.Enter();
            try
            {
                RunRange(start, count, ref done);
            }
            finally
            {
                Lane.Leave(before);
            }

            return done < count || lane.Stop.Raised ? control.Error ?? new OperationCanceledException() : null;
        }
        catch (Exception error)
        {
            // What an item throws because it was told to stop is not the outcome.
            return control.Error ?? error;
        }
    }

    // All items at once where that makes no difference; a lazy input, and a stream's reader, get a batch when the last is done.
    private int Take(long next, out Exception? error)
    {
        error = null;
        var batch = Math.Min(job.Options.Batch ?? 1, job.Options.Buffer ?? int.MaxValue);
        if (job.Count is { } all)
            return (int)Math.Min(all - next, job.Streams ? batch : job.Progress is null ? int.MaxValue : NextStep());
        var count = 0;
        WorkerScope.TakesInput = true;
        try
        {
            while (count < batch && job.TakeOne())
                count++;
        }
        catch (Exception thrown)
        {
            // Not before the items that it gave have run: one of them may throw first.
            error = thrown;
        }
        finally
        {
            WorkerScope.TakesInput = false;
        }

        return count;
    }

    private int NextStep()
    {
        var now = Stopwatch.GetTimestamp();
        if (_stepBegan != 0)
            _step = Stopwatch.GetElapsedTime(_stepBegan, now) < ShortStep ? Math.Min(_step * 2, LongestStep) : Math.Max(_step / 2, 1);
        _stepBegan = now;
        return _step;
    }
}
