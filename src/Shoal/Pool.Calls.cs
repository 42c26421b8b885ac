using System.Runtime.CompilerServices;
using Shoal.Calls;
using Shoal.Reporting;
using Shoal.Serial;

namespace Shoal;

/// <content>What all verbs share.</content>
public sealed partial class Pool
{
    internal R[] Run<T, R>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, CancellationToken cancel, [CallerMemberName] string verb = "")
    {
        var job = CreateJob(function, items, options);
        Run(job, cancel, verb);
        return job.Results();
    }

    private void Run<T, R>(MapJob<T, R> job, CancellationToken cancel, [CallerMemberName] string verb = "")
    {
        cancel.ThrowIfCancellationRequested();
        if (job.Count == 0)
            return;
        using var control = new CallControl();
        control.Follow(cancel);
        using var interrupts = Interrupts.Watch(control);
        var trace = PoolTrace.Begin(Spec, verb, job);
        try
        {
            if (RunsHere)
                RunNested(job, control);
            else
                _host.Run(job, control);
            trace?.End(null);
        }
        catch (Exception error)
        {
            Failed(job, error);
            trace?.End(error);
            throw;
        }

        // A pool that is only used by this call is not dropped while it runs.
        GC.KeepAlive(this);
    }

    private PoolTask<S> Begin<T, R, S>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, Func<R[], S> select, CancellationToken cancel, [CallerMemberName] string verb = "")
        => Begin(CreateJob(function, items, options), job => select(job.Results()), cancel, verb: verb);

    private PoolTask<S> Begin<T, R, S>(
        MapJob<T, R> job, Func<MapJob<T, R>, S> select, CancellationToken cancel, bool runsUserCode = false, [CallerMemberName] string verb = "",
        Func<Exception, Exception>? explain = null)
    {
        var control = new CallControl();
        var handle = new PoolTask<S>(this, control);
        control.Follow(cancel);
        var trace = PoolTrace.BeginElsewhere(Spec, verb, job);

        void Finish()
        {
            try
            {
                handle.SetResult(select(job));
            }
            catch (Exception error)
            {
                handle.SetError(error);
            }
        }

        void Complete(Exception? error)
        {
            control.Dispose();
            trace?.End(error);
            Action tell = Finish;
            if (error is not null)
            {
                Failed(job, error);
                tell = () => handle.SetError(explain is null ? error : explain(error));
            }

            // The thread that tells the outcome is needed by other calls.
            if (runsUserCode && !RunsHere && (error is null || explain is not null))
                Last(tell);
            else
                tell();
        }

        if (RunsHere)
            Complete(OutcomeOfNested(job, control));
        else
            _host.Begin(job, control, Complete);
        return handle;
    }

    private void Failed<T, R>(MapJob<T, R> job, Exception error)
    {
        Volatile.Write(ref _unclean, 1);
        if (error is ItemsFailedException failed)
            failed.Results = job.KeptResults();
    }

    // Work that follows a call's outcome; the end of the pool waits for it.
    private void Last(Action work)
    {
        lock (_last)
            _lastRunning++;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                work();
                lock (_last)
                {
                    _lastRunning--;
                    Monitor.PulseAll(_last);
                }
            },
            null);
    }

    private void WaitForLast()
    {
        lock (_last)
        {
            while (_lastRunning > 0)
                Monitor.Wait(_last);
        }
    }

    private MapJob<T, R> CreateJob<T, R>(Function<T, R> function, IEnumerable<T> items, MapOptions? options, Keeping keeping = Keeping.All)
    {
        ArgumentNullException.ThrowIfNull(items);
        var valid = (options ?? MapOptions.Default).Validated();
        ThrowIfClosed();
        return new MapJob<T, R>(Interlocked.Increment(ref _calls), function, items, valid, _travel, keeping);
    }

    internal void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (Volatile.Read(ref _closed) != 0)
            throw new InvalidOperationException($"Pool '{Spec}' is closed and takes no more calls. Open a new one.");
    }

    private static void RunNested(PoolJob job, CallControl control) => LoopHere(job, control).Run();

    private static SerialLoop LoopHere(PoolJob job, CallControl control) => new(job, new Lane(0, null, WorkerScope.Current), control);

    private static Exception? OutcomeOfNested(PoolJob job, CallControl control)
    {
        try
        {
            RunNested(job, control);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
