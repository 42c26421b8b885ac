using System.Runtime.InteropServices;
using System.Text;

namespace Shoal.Processes;

/// <summary>One of a worker's two output streams, cut into lines.</summary>
/// <remarks>Thread-safe: the relay reads it while the worker lives, and the worker's attendant once more when it has died.</remarks>
internal sealed unsafe class OutputPipe(int descriptor, bool isError)
{
    // The stack that the runtime prints at a fast failure is 25 lines of its own: what the function wrote before it is wanted more.
    private const int Tail = 50;
    private const int LongestLine = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new(Tail);
    private byte[] _line = new byte[256];
    private int _length;
    private bool _closed;
    private volatile bool _finished;

    /// <summary>What stands before each line on the caller's console: who wrote it.</summary>
    public string Label { get; set; } = "";

    /// <summary>What to poll.</summary>
    public int Descriptor => descriptor;

    /// <summary>Set when nothing more is wanted of it; the relay closes it then.</summary>
    public bool Finished => _finished;

    /// <summary>Reads what is there, without waiting.</summary>
    public void Read(Action<OutputLine> take)
    {
        var chunk = stackalloc byte[4096];
        lock (_lock)
        {
            // One turn reads at most 256 kB: a worker that writes without end must not keep the others waiting.
            for (var turn = 0; turn < 64 && !_closed && !Finished && Posix.WaitReadable(descriptor, 0); turn++)
            {
                var got = Posix.Read(descriptor, chunk, 4096);
                if (got < 0 && Marshal.GetLastPInvokeError() == Posix.Interrupted)
                    continue;
                if (got <= 0)
                {
                    Finish(take);
                    return;
                }
                Split(new ReadOnlySpan<byte>(chunk, (int)got), take);
            }
        }
    }

    /// <summary>Reads what is there for the last time. What a grandchild may still write is not waited for.</summary>
    public void ReadLast(Action<OutputLine> take)
    {
        Read(take);
        lock (_lock)
        {
            if (!Finished)
                Finish(take);
        }
    }

    /// <summary>The newest lines, oldest first.</summary>
    public string[] LastLines()
    {
        lock (_lock)
            return [.. _last];
    }

    public void Close()
    {
        lock (_lock)
        {
            if (!_closed)
                _ = Posix.Close(descriptor);
            _closed = true;
        }
    }

    private void Finish(Action<OutputLine> take)
    {
        if (_length > 0)
            Emit(take);
        _finished = true;
    }

    private void Split(ReadOnlySpan<byte> bytes, Action<OutputLine> take)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..end];
            if (_length + part.Length > _line.Length)
                Array.Resize(ref _line, Math.Max(_line.Length * 2, _length + part.Length));
            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
            if (end >= 0 || _length >= LongestLine)
                Emit(take);
            bytes = bytes[(end < 0 ? part.Length : end + 1)..];
        }
    }

    private void Emit(Action<OutputLine> take)
    {
        var length = _length > 0 && _line[_length - 1] == '\r' ? _length - 1 : _length;
        var text = Encoding.UTF8.GetString(_line, 0, length);
        _length = 0;
        if (_last.Count == Tail)
            _ = _last.Dequeue();
        _last.Enqueue(text);
        take(new OutputLine(isError, text, Label));
    }
}
