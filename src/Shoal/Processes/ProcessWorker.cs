using Shoal.Backends;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>
/// The pool's side of one worker. A thread of its own, the attendant, starts the process, reads all that it says, and reports its end exactly once.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The attendant closes the links when the process has ended.")]
internal sealed partial class ProcessWorker
{
    // Results are read on the attendant's stack: as deep as a program's main thread may go.
    private const int AttendantStack = 16 * 1024 * 1024;

    /// <summary>What a worker says when it is ready: that it uses the rings, and that it gives back what it has not begun.</summary>
    public const int Mapped = 1, MappedWithFences = 3;

    // How long an end of stream may come before the end of the process.
    private const int EndLimit = 250;

    private readonly ProcessBackend _backend;
    private readonly IBackendSink _sink;
    private readonly Thread _attendant;
    private readonly Lock _lock = new();
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
        long since = System.Diagnostics.Stopwatch.GetTimestamp();
        BatchFrames.Write(_out, batch, _progress.NextSequence, _definitions, _contents);
        long bytes = _out.Length + (_out.Lane?.Bytes ?? 0);
        Ledger.Sent(since, bytes);
        lock (_lock)
        {
            if (_gone)
                return;
            _definitions.Use(batch.Job.Call);
            _contents?.Commit();
            if (_givesBack && _progress.Idle)
                _segment!.Running.ClearLimits();
            _progress.Begin(batch);
            _link!.Send(_out);
            if (_rings is not null)
                WakeForBatch();
        }
        _backend.CountSent(bytes);
        _out.Clear();
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

    private void Launch()
    {
        int data = -1, dataThere = -1, life = -1, lifeThere = -1, outputThere = -1, errorThere = -1;
        try
        {
            (data, dataThere) = Posix.SocketPair();
            (life, lifeThere) = Posix.SocketPair();
            (int output, outputThere) = Posix.Pipe();
            _backend.Relay.Add(_output = new OutputPipe(output, isError: false));
            (int error, errorThere) = Posix.Pipe();
            _backend.Relay.Add(_error = new OutputPipe(error, isError: true));
            Dictionary<string, string> environment = WorkerEnvironment.Build(
                Environment.GetEnvironmentVariables(), _backend.Options.Environment, _backend.Plan.Hook, WorkerShare.Here(_backend.WorkerCount, _backend.Options.MemoryLimit));
            _segment = _backend.UsesRings ? RingSegment.TryCreate() : null;
            Child child = Child.Start(_backend.Plan, environment, outputThere, errorThere, dataThere, lifeThere, _segment?.Descriptor ?? -1);
            _output.Label = _error.Label = _backend.LabelOf(Number, child.Id);
            _life = Posix.OpenProcess(child.Id);
            lock (_lock)
            {
                _child = child;
                _link = _data = new SocketLink(data, _life, patient: false);
                _lifeLine = new SocketLink(life, -1, patient: false);
                data = life = -1;
                SetupFrame.Write(_out, Number, _backend, rings: _segment is not null);
                _link.Send(_out);
                if (_stopAsked)
                    SendStop();
                if (_killAsked)
                    child.Kill();
            }
            _backend.Spawned?.Invoke(child.Id);
        }
        finally
        {
            _segment?.CloseDescriptor();
            foreach (int descriptor in (ReadOnlySpan<int>)[data, life, dataThere, lifeThere, outputThere, errorThere])
            {
                if (descriptor >= 0)
                    _ = Posix.Close(descriptor);
            }
        }
    }

    // False when the worker ended before it was ready.
    private bool Greet()
    {
        try
        {
            if (!_data!.Receive(out Frame hello, Environment.TickCount64 + (long)_backend.HelloLimit.TotalMilliseconds))
                return false;
            HelloFrame.Check(hello, _child!.Id);
        }
        catch (TimeoutException)
        {
            throw new ShoalException(
                $"It did not say hello within {_backend.HelloLimit.TotalSeconds:0.#} s: the start-up hook did not run, or the machine is overloaded. " +
                "Check that no program clears DOTNET_STARTUP_HOOKS, or use Pool.Threads().");
        }
        if (!_data.Receive(out Frame answer))
            return false;
        switch (answer.Kind)
        {
            case FrameKind.Ready:
                UseRings(answer.Int32(0));
                return true;
            case FrameKind.StartFailed:
                throw WireFormat.ReadError(answer.Body);
            default:
                throw new InvalidDataException($"A frame of kind {answer.Kind} came before the worker was ready.");
        }
    }

    // Where the worker could not map the memory, the socket goes on.
    private void UseRings(int answer)
    {
        if ((answer & Mapped) == 0 || _segment is null)
            return;
        lock (_lock)
        {
            _givesBack = answer == MappedWithFences;
            _link = _rings = new RingLink(_segment, _data!, isPool: true);
            _rings.Attach(_out);
            _contents = new SentContents(_backend.KeptBytes);
            _progress.Blocks = _rings;
            _progress.WordsTell = true;
            Ledger.Follow(_segment);
        }
    }

    private void Listen()
    {
        while (!(Volatile.Read(ref _stopAsked) && _progress.Idle) && _data!.Receive(out Frame frame))
        {
            Ledger.Received(frame);
            long? cancel = _progress.Take(frame, moreIsHere: _data.HasFrame);
            if (cancel is long sequence)
            {
                lock (_lock)
                    SendCancel(sequence);
            }
            else if (!_data.HasFrame && _progress.Rest is > 0 and var milliseconds)
            {
                _data.Rest(milliseconds);
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
            (int? exitCode, int? signal) = _child.Reap();
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
        _data?.Dispose();
        _lifeLine?.Dispose();
        Ledger.Close();
        _segment?.Dispose();
        foreach (int descriptor in (ReadOnlySpan<int>)[_life, _alarm])
        {
            if (descriptor >= 0)
                _ = Posix.Close(descriptor);
        }

        string[] lines = _error?.LastLines() ?? [];
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
