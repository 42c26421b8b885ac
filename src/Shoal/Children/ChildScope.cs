using Shoal.Processes;

namespace Shoal.Children;

/// <summary>The child's side of <see cref="ChildProcess.Terminate"/>.</summary>
internal static class ChildScope
{
    private const int SigTerm = 15;
    private static CancellationToken _token;
    private static int _asked;

    /// <summary>The token; from now on the function is trusted to look at it.</summary>
    public static CancellationToken Token
    {
        get
        {
            Volatile.Write(ref _asked, 1);
            return _token;
        }
    }

    /// <summary>The function runs until the returned object is disposed. One function a process.</summary>
    public static CancellationTokenRegistration Enter(CancellationToken cancel)
    {
        _token = cancel;
        Volatile.Write(ref _asked, 0);
        return cancel.UnsafeRegister(static _ => EndTheDeaf(), null);
    }

    // Nobody looks at the token: what the process would do at a SIGTERM from outside. The thread that listens calls this, whatever the function does.
    private static void EndTheDeaf()
    {
        if (Volatile.Read(ref _asked) == 0)
            _ = Posix.Kill(Environment.ProcessId, SigTerm);
    }
}
