using Shoal.Backends;
using Shoal.Calls;
using Shoal.Processes;

namespace Shoal.Children;

/// <summary>
/// The life of one child process: a back end with one worker that gets one batch of one item and is told to stop when it is done.
/// </summary>
/// <remarks>The reports come on the worker's attendant; everything else is called from any thread.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Its events may be waited for as long as anybody holds the process.")]
internal abstract class ChildRun : IBackendSink
{
    private static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(0.2);
    private static int _count;

    private readonly ManualResetEventSlim _spawned = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly CallControl _control = new();
    private readonly ProcessBackend _backend;
    private readonly Job _job;
    private string? _endedBy;
    private bool _sent;
    private bool _isOver;
    private Exception? _thrown;

    protected ChildRun(Job job, ChildProcessOptions options)
    {
        _job = job;
        Grace = options.Grace;
        _backend = OpenBackend(options);
        Name = options.Name ?? $"child-{Interlocked.Increment(ref _count)}";
    }

    public string Name { get; }

    public TimeSpan Grace { get; }

    public int Id { get; private set; }

    public bool HasEnded => Volatile.Read(ref _isOver);

    public int? ExitCode { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Over when the process is.</summary>
    public abstract Task Outcome { get; }

    protected abstract bool HasResult { get; }

    /// <summary>A run that is not started yet. What cannot travel, and whoever may not start processes, is refused here.</summary>
    public static ChildRun<R> Create<T, R>(Function<T, R> function, T arguments, ChildProcessOptions options)
    {
        WorkerGuard.Check();
        if (WorkerScope.Here is { Nests: false } or { Depth: >= WorkerScope.DeepestPool })
        {
            throw new InvalidOperationException(
                $"{ChildProcess.Verb} was called inside a function that a pool or another child process runs, and such a function starts no processes. Call the function itself there, start the child process beside the pool, or set PoolOptions.Nested of the pool, whose workers may then be up to {WorkerScope.DeepestPool} deep.");
        }

        var name = typeof(T).IsAssignableTo(typeof(System.Runtime.CompilerServices.ITuple)) ? "arguments" : "argument";
        return new ChildRun<R>(ChildJob<R>.Create(function, arguments, name), options);
    }

    /// <summary>Starts the process, and returns when it exists.</summary>
    /// <exception cref="ShoalException">The system refused.</exception>
    public void Start()
    {
        _backend.Start(0, this);
        _spawned.Wait();
        if (Id == 0)
        {
            _ended.Wait();
            throw Error!;
        }
    }

    public bool Join(TimeSpan timeout)
    {
        if (_ended.IsSet)
            return true;
        using var interrupts = Interrupts.Watch(_control);
        if (!_ended.Wait(timeout))
            return false;
        return _control.Error is { } interrupted ? throw interrupted : true;
    }

    public void JoinOrThrow(TimeSpan? timeout)
    {
        if (!Join(timeout ?? Timeout.InfiniteTimeSpan))
            throw new TimeoutException($"Child process {Describe()} has not ended after {timeout}. It goes on: wait again, or Terminate it.");
    }

    /// <summary>Waits for the end as nothing else can stop it.</summary>
    public void WaitForEnd() => _ended.Wait();

    public void Terminate(string by, TimeSpan grace)
    {
        if (_ended.IsSet)
            return;
        Claim(by);
        // While it starts there is nobody who could be asked.
        if (!Volatile.Read(ref _sent))
        {
            _backend.Stop(0, kill: true);
            return;
        }

        _backend.Cancel(0, _job.Call);
        // A thread of its own: the thread pool may have none left.
        new Thread(() => KillAfter(grace), 256 * 1024) { IsBackground = true, Name = $"Shoal {Name}" }.Start();
    }

    public void Kill(string by)
    {
        if (_ended.IsSet)
            return;
        Claim(by);
        _backend.Stop(0, kill: true);
    }

    void IBackendSink.Ready(int worker, WorkerIdentity identity)
    {
        _backend.Send(0, new Batch(_job, 0, 1, 0));
        Volatile.Write(ref _sent, true);
    }

    void IBackendSink.Running(int worker, int call, long index)
    {
    }

    void IBackendSink.Finished(int worker, int call, long index, int count) => _backend.Stop(0, kill: false);

    void IBackendSink.Failed(int worker, int call, long index, Exception error)
    {
        _thrown = error;
        _backend.Stop(0, kill: false);
    }

    // It has one item, and keeps it.
    void IBackendSink.TakenBack(int worker, long batch, long? from)
    {
    }

    void IBackendSink.Lost(int worker, WorkerLoss loss)
    {
        // First: all that it printed is on the console before anybody hears of its end.
        _backend.Dispose();
        ExitCode = loss.Signal is { } signal ? -signal : _thrown is not null && loss.ExitCode == 0 ? 1 : loss.ExitCode;
        Error = HasResult ? null : _thrown ?? ErrorOf(loss);
        _control.Dispose();
        // Before the task: who awaits it must not find the process alive.
        Volatile.Write(ref _isOver, true);
        Complete(Error);
        _ended.Set();
        _spawned.Set();
    }

    protected abstract void Complete(Exception? error);

    protected void Spawned(int process)
    {
        Id = process;
        _spawned.Set();
    }

    // Who is the first to end it gives the reason.
    private void Claim(string by) => Interlocked.CompareExchange(ref _endedBy, by, null);

    private void KillAfter(TimeSpan grace)
    {
        if (!_ended.Wait(grace))
            _backend.Stop(0, kill: true);
    }

    private void Interrupt(Exception error, bool soon) => Terminate("Ctrl-C", InterruptGrace);

    private Exception ErrorOf(WorkerLoss loss)
    {
        if (Volatile.Read(ref _endedBy) is { } by)
            return new OperationCanceledException($"Child process {Describe()} was ended by {by} before its function returned.");
        return loss.StartError ?? new WorkerLostException($"Child process {Describe()}", loss);
    }

    private string Describe() => $"'{Name}' (pid {Id})";

    private ProcessBackend OpenBackend(ChildProcessOptions options)
    {
        _ = _control.Link(Interrupt);
        try
        {
            return new ProcessBackend(new PoolOptions { Workers = 1, Environment = options.Environment, Grace = options.Grace }) { Spawned = Spawned, LabelsOutput = false };
        }
        catch (ShoalException error)
        {
            throw new ShoalException($"{ChildProcess.Verb} needs worker processes. {error.Message}", error);
        }
    }
}

/// <summary>The life of a child process whose function returns a value.</summary>
internal sealed class ChildRun<R>(ChildJob<R> job, ChildProcessOptions options) : ChildRun(job, options)
{
    private readonly TaskCompletionSource<R> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<R> Result => _outcome.Task;

    public override Task Outcome => _outcome.Task;

    protected override bool HasResult => job.HasResult;

    protected override void Complete(Exception? error)
    {
        if (error is null)
            _outcome.TrySetResult(job.Result);
        else
            _outcome.TrySetException(error);
        // Who does not look at the outcome has decided so: it is not the finalizer's business.
        _ = _outcome.Task.Exception;
    }
}
