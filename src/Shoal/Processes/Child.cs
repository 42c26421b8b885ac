using System.Runtime.InteropServices;
using System.Text;

namespace Shoal.Processes;

/// <summary>
/// A process of our own making. Unlike <see cref="System.Diagnostics.Process"/> it leads a process group from birth, inherits two sockets, and tells a
/// signal from an exit code above 128.
/// </summary>
/// <remarks>Signals go to the group only while the process is not reaped: until then its number cannot belong to anybody else.</remarks>
internal sealed unsafe class Child
{
    /// <summary>Where a worker finds the socket for frames.</summary>
    public const int DataDescriptor = 3;

    /// <summary>Where a worker finds the life line.</summary>
    public const int LifeDescriptor = 4;

    /// <summary>Where a worker finds the memory that it shares with its pool, if there is any.</summary>
    public const int MemoryDescriptor = 5;

    // Somebody else took the exit status: the program ignores SIGCHLD, or waits for any child.
    private const int Unknown = -1;

    private readonly Lock _lock = new();
    private bool _reaped;
    private int _status;

    private Child(int id) => Id = id;

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Starts a program with the given descriptors as 1, 2, 3, 4 and, if there is one, 5, and an empty standard input.</summary>
    /// <exception cref="ShoalException">The system refused.</exception>
    public static Child Start(LaunchPlan plan, Dictionary<string, string> environment, int output, int error, int data, int life, int memory)
    {
        const short group = 2, defaults = 4, mask = 8;
        byte* actions = stackalloc byte[1024], attributes = stackalloc byte[1024], signals = stackalloc byte[256];
        using Utf8Block strings = new();
        var arguments = strings.Array(plan.Arguments.Count + 1);
        arguments[0] = strings.Add(plan.File);
        for (var i = 0; i < plan.Arguments.Count; i++)
            arguments[i + 1] = strings.Add(plan.Arguments[i]);
        var variables = strings.Array(environment.Count);
        var next = 0;
        foreach (KeyValuePair<string, string> pair in environment)
            variables[next++] = strings.Add(pair.Key + "=" + pair.Value);

        _ = Posix.ActionsInit(actions);
        _ = Posix.AttributesInit(attributes);
        try
        {
            _ = Posix.ActionsOpen(actions, 0, strings.Add("/dev/null"), 0, 0);
            _ = Posix.ActionsDuplicate(actions, output, 1);
            _ = Posix.ActionsDuplicate(actions, error, 2);
            _ = Posix.ActionsDuplicate(actions, data, DataDescriptor);
            _ = Posix.ActionsDuplicate(actions, life, LifeDescriptor);
            if (memory >= 0)
                _ = Posix.ActionsDuplicate(actions, memory, MemoryDescriptor);
            _ = Posix.AttributesFlags(attributes, group | defaults | mask);
            _ = Posix.AttributesGroup(attributes, 0);
            _ = Posix.FillSignals(signals);
            _ = Posix.AttributesDefaults(attributes, signals);
            _ = Posix.EmptySignals(signals);
            _ = Posix.AttributesMask(attributes, signals);
            int id;
            var failure = Posix.Spawn(&id, arguments[0], actions, attributes, arguments, variables);
            if (failure != 0)
                throw new ShoalException($"A worker could not be started from {plan.File}: {Marshal.GetPInvokeErrorMessage(failure)}. Check that the file still exists and may be run, and `ulimit -u`.");
            return new Child(id);
        }
        finally
        {
            _ = Posix.ActionsDestroy(actions);
            _ = Posix.AttributesDestroy(attributes);
        }
    }

    /// <summary>Ends the process and all that it started in its group.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_reaped)
                _ = Posix.Kill(-Id, Posix.SigKill);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="life">What <see cref="Posix.OpenProcess"/> gave, or −1.</param>
    /// <param name="milliseconds">How long to wait.</param>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForEnd(int life, int milliseconds)
    {
        if (life >= 0)
            return Posix.WaitReadable(life, milliseconds);
        // Systems without process descriptors: ask every 5 ms. This happens once in a worker's life.
        for (var limit = Environment.TickCount64 + milliseconds; !TryReap(dontWait: true);)
        {
            if (Environment.TickCount64 >= limit)
                return false;
            _ = Posix.Poll(null, 0, 5);
        }
        return true;
    }

    /// <summary>Ends what is left of the group, and takes the exit status. Call once.</summary>
    /// <returns>The exit code, or the signal, or neither where somebody else took the status.</returns>
    public (int? ExitCode, int? Signal) Reap()
    {
        lock (_lock)
        {
            // A dead leader keeps its number until it is reaped, so that this cannot hit a stranger.
            _ = Posix.Kill(-Id, Posix.SigKill);
            _ = TryReap(dontWait: false);
            var signal = _status & 0x7f;
            return _status == Unknown ? (null, null) : signal == 0 ? ((_status >> 8) & 0xff, null) : (null, signal);
        }
    }

    private bool TryReap(bool dontWait)
    {
        lock (_lock)
        {
            if (_reaped)
                return true;
            int status, result;
            do
                result = Posix.WaitProcess(Id, &status, dontWait ? 1 : 0);
            while (result < 0 && Marshal.GetLastPInvokeError() == Posix.Interrupted);
            if (result == 0)
                return false;
            _reaped = true;
            _status = result == Id ? status : Unknown;
            return true;
        }
    }

    /// <summary>Strings in native memory that go away together.</summary>
    private sealed class Utf8Block : IDisposable
    {
        // Each one begins with the address of the one before: a list of addresses would have to be compiled first, before any worker starts.
        private nint* _last;

        public byte* Add(string text)
        {
            var count = Encoding.UTF8.GetByteCount(text);
            var block = (byte*)Keep((nuint)count + 1);
            Encoding.UTF8.GetBytes(text, new Span<byte>(block, count));
            block[count] = 0;
            return block;
        }

        public byte** Array(int count)
        {
            var block = (byte**)Keep(((nuint)count + 1) * (nuint)sizeof(byte*));
            block[count] = null;
            return block;
        }

        public void Dispose()
        {
            while (_last is not null)
            {
                var before = (nint*)*_last;
                NativeMemory.Free(_last);
                _last = before;
            }
        }

        private void* Keep(nuint size)
        {
            var block = (nint*)NativeMemory.Alloc(size + (nuint)sizeof(nint));
            *block = (nint)_last;
            _last = block;
            return block + 1;
        }
    }
}
