using Shoal.Wire;

namespace Shoal.Processes;

/// <content>Starting the process, and what the two tell each other before the first batch.</content>
internal sealed partial class ProcessWorker
{
    private void Launch()
    {
        int data = -1, dataThere = -1, life = -1, lifeThere = -1, outputThere = -1, errorThere = -1;
        try
        {
            (data, dataThere) = Posix.SocketPair();
            (life, lifeThere) = Posix.SocketPair();
            (var output, outputThere) = Posix.Pipe();
            _backend.Relay.Add(_output = new OutputPipe(output, isError: false));
            (var error, errorThere) = Posix.Pipe();
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
                SetupFrame.Write(_out, Number, _backend, _segment?.Descriptor ?? -1);
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
            foreach (var descriptor in (ReadOnlySpan<int>)[data, life, dataThere, lifeThere, outputThere, errorThere])
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
        // The worker has it, and has tried to open it once more.
        _segment?.CloseDescriptor();
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
            _link = _rings = new RingLink(_segment, _data!, isPool: true);
            _rings.Attach(_out);
            _contents = new SentContents(_backend.KeptBytes, (answer & Opens) != 0 ? _backend.Contents : null);
            _progress.Blocks = _rings;
            _progress.WordsTell = true;
            Ledger.Follow(_segment);
        }
    }
}
