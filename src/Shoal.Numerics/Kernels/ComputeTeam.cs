using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Shoal.Numerics.Kernels;

/// <summary>Threads that stay, for kernels that take microseconds: the caller and the helpers draw tasks by number until none is left.</summary>
/// <remarks>
/// A dispatch allocates nothing. A helper spins for a short while after its last task and then parks; a helper that has not woken when the caller runs out
/// of tasks is told to stay asleep, so that a busy machine costs no wait. One dispatch at a time, from one thread at a time. Tasks may run in any order and on
/// any thread: what they write must not depend on it.
/// </remarks>
internal sealed unsafe class ComputeTeam : IDisposable
{
    // Longer than the pauses between two layers of a training step (up to 120 µs), short beside a time slice of milliseconds: a helper that parks within a step
    // comes up to 4 ms late where its core, or that of its caller, is taken. With 40 µs helpers of the digits network were late by 1.9 ms a step, now by 0.9.
    private static readonly long SpinTicks = Stopwatch.Frequency / 1_000_000 * 200;

    private readonly Helper[] _helpers;
    private readonly bool _spin;
    private delegate*<void*, int, int, void> _work;
    private void* _job;
    private int _tasks;
    private int _next;
    private Exception? _failure;
    private int _failedTask;
    private volatile bool _stop;

    /// <summary>A team of <paramref name="threads"/>, the caller among them.</summary>
    internal ComputeTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _spin = threads <= Environment.ProcessorCount;
        _helpers = new Helper[threads - 1];
        for (var i = 0; i < _helpers.Length; i++)
            _helpers[i] = new Helper(this, i + 1);
    }

    internal int Threads { get; }

    /// <summary>Runs tasks 0 … tasks−1 as work(job, task, thread), thread from 0 (the caller) to Threads − 1; returns when all are done.</summary>
    /// <exception cref="Exception">That of the failing task with the lowest number; tasks not begun by then are left out.</exception>
    internal void Run(int tasks, delegate*<void*, int, int, void> work, void* job)
    {
        ObjectDisposedException.ThrowIf(_stop, this);
        if (_helpers.Length == 0 || tasks <= 1)
        {
            for (var task = 0; task < tasks; task++)
                work(job, task, 0);
            return;
        }

        _work = work;
        _job = job;
        (_tasks, _next, _failure) = (tasks, 0, null);
        var posted = Math.Min(_helpers.Length, tasks - 1);
        for (var i = 0; i < posted; i++)
            _helpers[i].Post();
        Draw(0);
        for (var i = 0; i < posted; i++)
            _helpers[i].Finish();
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stop)
            return;
        _stop = true;
        foreach (var helper in _helpers)
            helper.End();
    }

    private void Draw(int thread)
    {
        int task;
        while ((task = Interlocked.Increment(ref _next) - 1) < _tasks)
        {
            try
            {
                _work(_job, task, thread);
            }
            catch (Exception e)
            {
                // Lower numbers were drawn earlier and run to their end, so the lowest failure is always seen.
                lock (_helpers)
                {
                    if (_failure is null || task < _failedTask)
                        (_failure, _failedTask) = (e, task);
                }

                Volatile.Write(ref _next, _tasks);
            }
        }
    }

    private sealed class Helper
    {
        private const int Idle = 0;
        private const int Posted = 1;
        private const int Running = 2;

        private readonly ComputeTeam _team;
        private readonly int _number;
        private readonly Thread _thread;
        private readonly object _gate = new();
        private int _state;
        private int _parked;

        internal Helper(ComputeTeam team, int number)
        {
            (_team, _number) = (team, number);
            _thread = new Thread(Loop) { IsBackground = true, Name = $"Shoal compute {number}" };
            _thread.Start();
        }

        internal void Post()
        {
            Interlocked.Exchange(ref _state, Posted);
            if (Volatile.Read(ref _parked) == 0)
                return;
            lock (_gate)
                Monitor.Pulse(_gate);
        }

        /// <summary>Takes back what has not begun, else waits for its end.</summary>
        internal void Finish()
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Posted) != Running)
                return;
            // A helper that takes long has most likely lost its core: give this one away instead of burning it.
            var since = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref _state) == Running)
            {
                if (_team._spin && Stopwatch.GetTimestamp() - since < SpinTicks)
                    Thread.SpinWait(8);
                else
                    Thread.Yield();
            }
        }

        internal void End()
        {
            lock (_gate)
                Monitor.Pulse(_gate);
            _thread.Join();
        }

        private void Loop()
        {
            while (Await())
            {
                if (Interlocked.CompareExchange(ref _state, Running, Posted) != Posted)
                    continue;
                _team.Draw(_number);
                Volatile.Write(ref _state, Idle);
            }
        }

        private bool Await()
        {
            var since = Stopwatch.GetTimestamp();
            while (_team._spin && Stopwatch.GetTimestamp() - since < SpinTicks)
            {
                if (Volatile.Read(ref _state) == Posted)
                    return true;
                if (_team._stop)
                    return false;
                Thread.SpinWait(8);
            }

            lock (_gate)
            {
                // A full fence between "parked" and the look at the state, as Post has between the state and "parked".
                Interlocked.Exchange(ref _parked, 1);
                while (Volatile.Read(ref _state) != Posted && !_team._stop)
                    Monitor.Wait(_gate);
                Volatile.Write(ref _parked, 0);
            }

            return !_team._stop;
        }
    }
}
