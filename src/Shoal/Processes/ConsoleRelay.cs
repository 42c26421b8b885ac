using System.Collections.Concurrent;

namespace Shoal.Processes;

/// <summary>
/// Writes the lines of all workers of a pool to the caller's console, on one thread of its own: a console that takes no more holds up the workers that
/// print, and nothing else.
/// </summary>
internal sealed unsafe class ConsoleRelay : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<OutputPipe> _pipes = [];
    private readonly ConcurrentQueue<OutputLine> _lines = new();
    private readonly Thread _thread;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private bool _stopping;

    public ConsoleRelay()
    {
        (_wakeRead, _wakeWrite) = Posix.Pipe();
        _thread = new Thread(Relay, 256 * 1024) { IsBackground = true, Name = "Shoal console" };
        _thread.Start();
    }

    /// <summary>Queues a line; what <see cref="OutputPipe.Read"/> calls.</summary>
    public void Take(OutputLine line) => _lines.Enqueue(line);

    public void Add(OutputPipe pipe)
    {
        lock (_lock)
            _pipes.Add(pipe);
        Wake();
    }

    /// <summary>Looks at the pipes again: one is finished, or lines were queued.</summary>
    public void Wake()
    {
        lock (_lock)
            Signal();
    }

    /// <summary>Writes what is queued and ends. A console that is stuck is not waited for.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Signal();
            _stopping = true;
        }
        _ = _thread.Join(1000);
    }

    // Once it is stopping, the thread closes the descriptors.
    private void Signal()
    {
        byte one = 1;
        if (!_stopping)
            _ = Posix.Write(_wakeWrite, &one, 1);
    }

    private void Relay()
    {
        var wakes = stackalloc byte[64];
        while (true)
        {
            WriteLines();
            OutputPipe[] pipes;
            lock (_lock)
            {
                for (var i = _pipes.Count - 1; i >= 0; i--)
                {
                    if (!_pipes[i].Finished && !_stopping)
                        continue;
                    _pipes[i].Close();
                    _pipes.RemoveAt(i);
                }
                if (_stopping)
                    break;
                pipes = [.. _pipes];
            }
            Posix.PollDescriptor[] wanted = new Posix.PollDescriptor[pipes.Length + 1];
            for (var i = 0; i < pipes.Length; i++)
                wanted[i] = new Posix.PollDescriptor { Descriptor = pipes[i].Descriptor, Events = Posix.PollIn };
            wanted[^1] = new Posix.PollDescriptor { Descriptor = _wakeRead, Events = Posix.PollIn };
            fixed (Posix.PollDescriptor* pointer = wanted)
                _ = Posix.Poll(pointer, wanted.Length, -1);
            if (wanted[^1].Happened != 0)
                _ = Posix.Read(_wakeRead, wakes, 64);
            for (var i = 0; i < pipes.Length; i++)
            {
                if (wanted[i].Happened != 0)
                    pipes[i].Read(Take);
            }
        }
        WriteLines();
        _ = Posix.Close(_wakeRead);
        _ = Posix.Close(_wakeWrite);
    }

    private void WriteLines()
    {
        while (_lines.TryDequeue(out OutputLine? line))
        {
            try
            {
                // In one piece: a line of the caller's own must not come between.
                (line.IsError ? Console.Error : Console.Out).WriteLine(line.Label + line.Text);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The caller's console is closed: its own lines are lost as well.
            }
        }
    }
}
