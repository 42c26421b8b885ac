using Shoal.Calls;
using Shoal.Serial;

namespace Shoal;

/// <content>What all verbs share.</content>
public sealed partial class Pool
{
    internal R[] Run<T, R>(Function<T, R> function, IEnumerable<T> items, MapOptions? options, CancellationToken cancel)
    {
        var job = CreateJob(function, items, options);
        cancel.ThrowIfCancellationRequested();
        if (job.Count == 0)
            return [];
        using var control = new CallControl();
        control.Follow(cancel);
        using var interrupts = Interrupts.Watch(control);
        try
        {
            if (WorkerScope.InWorker)
                RunNested(job, control);
            else
                _host.Run(job, control);
        }
        catch
        {
            Volatile.Write(ref _unclean, 1);
            throw;
        }

        return job.Results();
    }

    private PoolTask<S> Begin<T, R, S>(
        Function<T, R> function, IEnumerable<T> items, MapOptions? options, Func<R[], S> select, CancellationToken cancel)
    {
        var job = CreateJob(function, items, options);
        var control = new CallControl();
        var handle = new PoolTask<S>(this, control);
        control.Follow(cancel);

        void Complete(Exception? error)
        {
            control.Dispose();
            if (error is null)
            {
                handle.SetResult(select(job.Results()));
                return;
            }

            Volatile.Write(ref _unclean, 1);
            handle.SetError(error);
        }

        if (WorkerScope.InWorker)
            Complete(OutcomeOfNested(job, control));
        else
            _host.Begin(job, control, Complete);
        return handle;
    }

    private MapJob<T, R> CreateJob<T, R>(Function<T, R> function, IEnumerable<T> items, MapOptions? options, bool streams = false)
    {
        ArgumentNullException.ThrowIfNull(items);
        var valid = (options ?? MapOptions.Default).Validated();
        ThrowIfClosed();
        return new MapJob<T, R>(Interlocked.Increment(ref _calls), function, items, valid, _travel, streams);
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
