using System.Runtime.ExceptionServices;
using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The plain loop over a call's items on the running thread: the meaning of every verb.</summary>
internal static class SerialLoop
{
    /// <summary>Runs all items as this lane; throws what the first failing one throws.</summary>
    public static void Run(PoolJob job, Lane lane, CallControl control)
    {
        lane.Prepare(job.Call);
        using var link = control.Link((_, _) => lane.Cancel(job.Call));
        var before = lane.Enter();
        try
        {
            RunAll(job, lane, control);
        }
        catch (Exception) when (control.Error is not null)
        {
            // What an item throws because it was told to stop is not the outcome.
            ExceptionDispatchInfo.Throw(control.Error);
        }
        finally
        {
            Lane.Leave(before);
            if (job.Count is null)
                job.CloseInput();
        }

        job.Progress?.End(job.Taken);
    }

    private static void RunAll(PoolJob job, Lane lane, CallControl control)
    {
        long next = 0;
        while (Take(job, next) is > 0 and var count)
        {
            var done = 0;
            job.RunRange(next, count, 0, lane, ref done);
            if (done < count || lane.Stop.Raised)
                ExceptionDispatchInfo.Throw(control.Error ?? new OperationCanceledException());
            if (job.Count is null)
                job.Release(next, count);
            job.Progress?.Add(count, job.Count);
            next += count;
        }
    }

    // All items at once where that makes no difference; a lazy input is asked for the next batch when the last is done.
    private static int Take(PoolJob job, long next)
    {
        if (job.Count is { } all)
            return (int)Math.Min(all - next, job.Progress is null ? int.MaxValue : 1);
        var count = 0;
        WorkerScope.TakesInput = true;
        try
        {
            while (count < (job.Options.Batch ?? 1) && job.TakeOne())
                count++;
        }
        finally
        {
            WorkerScope.TakesInput = false;
        }

        return count;
    }
}
