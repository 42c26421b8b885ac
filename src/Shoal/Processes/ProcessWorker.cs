using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>
/// The pool's side of one worker. A thread of its own, the attendant, starts the process, reads all that it says, and reports its end exactly once.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The attendant closes the links when the process has ended.")]
internal sealed partial class ProcessWorker
{
    // Results are read on the attendant's stack: as deep as a program's main thread may go.
    private const int AttendantStack = 16 * 1024 * 1024;

    /// <summary>What a worker says when it is ready and uses the rings.</summary>
    public const int Mapped = 1;

    /// <summary>What it says besides where it may open memory files of this process.</summary>
    public const int Opens = 2;

    // How long an end of stream may come before the end of the process.
    private const int EndLimit = 250;

    private readonly ProcessBackend _backend;
    private readonly IBackendSink _sink;
    private readonly Thread _attendant;
    private readonly Lock _lock = new();

    // Held while a batch is written and sent, which takes a while where it has large arrays. Taken before the other lock.
    private readonly Lock _writing = new();
    private readonly FrameBuffer _out = new();
    private readonly Definitions _definitions = new();
    private readonly BatchProgress _progress;
    private SentContents? _contents;
    private Child? _child;
    private SocketLink? _data;
    private IWorkerLink? _link;
    private SocketLink? _lifeLine;
    private OutputPipe? _output;
    private OutputPipe? _error;
    private int _life = -1;
    private bool _ready;
    private bool _stopAsked;
    private bool _killAsked;
    private bool _gone;

    public ProcessWorker(ProcessBackend backend, int number, IBackendSink sink)
    {
        _backend = backend;
        _sink = sink;
        Number = number;
        _progress = new BatchProgress(number, sink, Ledger);
        _attendant = new Thread(Attend, AttendantStack) { IsBackground = true, Name = $"Shoal worker {number}" };
    }

    public int Number { get; }

    /// <summary>Whether it was told to end: its number may be another's by now.</summary>
    public bool IsLeaving => Volatile.Read(ref _stopAsked);

    public WorkerLedger Ledger { get; } = new();

    public void Start() => _attendant.Start();

    public void Join()
    {
        if (Thread.CurrentThread != _attendant)
            _ = _attendant.Join(TimeSpan.FromSeconds(10));
    }

    public void Send(Batch batch)
    {
        lock (_writing)
        {
            if (Volatile.Read(ref _gone))
                return;
            Write(batch, out var bytes);
            lock (_lock)
            {
                if (_gone)
                    return;
                _definitions.Use(batch.Job.Call);
                _contents?.Commit();
                if (_rings is not null && _progress.Idle)
                    _segment!.Running.ClearLimits();
                _progress.Begin(batch);
                _link!.Send(_out);
                if (_rings is not null)
                    WakeForBatch();
            }
            _backend.CountSent(bytes);
            _out.Clear();
        }
    }

    private void Write(Batch batch, out long bytes)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        BatchFrames.Write(_out, batch, _progress.NextSequence, _definitions, _contents);
        bytes = _out.Length + (_out.Lane?.Bytes ?? 0) + (_contents?.FiledBytes ?? 0);
        Ledger.Sent(since, bytes);
    }

    public void Cancel(int call)
    {
        lock (_lock)
        {
            if (!_gone && _progress.Sequence(call) is long sequence)
                SendCancel(sequence);
        }
    }

    public void Stop(bool kill)
    {
        lock (_lock)
        {
            if (_gone)
                return;
            if (kill)
            {
                _killAsked = true;
                _child?.Kill();
            }
            else if (!_stopAsked)
            {
                _stopAsked = true;
                if (_data is not null)
                    SendStop();
                // A worker that does not go must not hold up its pool: the attendant gives it a while from now on.
                if (_ready && _progress.Idle)
                    _data!.StopReceiving();
            }
        }
    }

    private void Attend()
    {
        Exception? failure = null;
        try
        {
            Launch();
            if (Greet())
            {
                lock (_lock)
                {
                    _ready = true;
                    // It was said over the socket, and the worker may not have heard it there any more.
                    if (_stopAsked && _rings is not null)
                        SendStop();
                }
                _sink.Ready(Number, new WorkerIdentity(_child!.Id, Environment.MachineName));
                if (_rings is null)
                    Listen();
                else
                    ListenToRings();
            }
        }
        catch (Exception error)
        {
            failure = error; // reported below: whatever breaks here ends this worker, and the pool is told
        }
        End(failure);
    }

    private void Listen()
    {
        while (!(Volatile.Read(ref _stopAsked) && _progress.Idle) && _data!.Receive(out Frame frame))
        {
            Ledger.Received(frame);
            var cancel = _progress.Take(frame, moreIsHere: _data.HasFrame);
            if (cancel is long sequence)
            {
                lock (_lock)
                    SendCancel(sequence);
            }
            else if (!_data.HasFrame && _progress.Rest is var rest && rest > TimeSpan.Zero)
            {
                _data.Rest(rest);
            }
        }
        _progress.Flush();
    }

    private void End(Exception? failure)
    {
        WorkerLoss loss = new();
        if (_child is not null)
        {
            if (failure is not null || _fault is not null || !_child.WaitForEnd(_life, Volatile.Read(ref _stopAsked) ? (int)_backend.ExitLimit.TotalMilliseconds : EndLimit))
                _child.Kill();
            (var exitCode, var signal) = _child.Reap();
            loss = loss with { ProcessId = _child.Id, ExitCode = exitCode, Signal = signal, Cause = signal == Posix.SigKill ? Volatile.Read(ref _cause) : null };
        }
        if (_rings is not null)
            ReadLast();
        failure ??= _fault;
        _output?.ReadLast(_backend.Relay.Take);
        _error?.ReadLast(_backend.Relay.Take);
        _backend.Relay.Wake();
        bool asked;
        lock (_lock)
        {
            _gone = true;
            asked = _stopAsked || _killAsked;
        }
        lock (_writing)
            _contents?.Close();
        _data?.Dispose();
        _lifeLine?.Dispose();
        Ledger.Close();
        _segment?.Dispose();
        foreach (var descriptor in (ReadOnlySpan<int>)[_life, _alarm])
        {
            if (descriptor >= 0)
                _ = Posix.Close(descriptor);
        }

        var lines = _error?.LastLines() ?? [];
        if (failure is not null && _ready)
            lines = [.. lines, $"Shoal: what the worker sent could not be read: {failure.Message}"];
        loss = loss with { Asked = asked, LastLines = lines };
        if (!_ready && !asked)
            loss = loss with { StartError = StartFailure.Explain(Number, loss, failure) };
        _backend.Forget(this);
        _sink.Lost(Number, loss);
    }

    private void SendStop()
    {
        FrameBuffer stop = new();
        stop.Begin(FrameKind.Stop);
        stop.End();
        _link!.Send(stop);
    }

    private void SendCancel(long sequence)
    {
        FrameBuffer cancel = new();
        cancel.Begin(FrameKind.Cancel);
        cancel.Int64(sequence);
        cancel.End();
        _lifeLine!.Send(cancel);
    }
}
