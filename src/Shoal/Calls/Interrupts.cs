using System.Runtime.InteropServices;

namespace Shoal.Calls;

/// <summary>Ctrl-C while a verb waits: the first cancels every waiting call, a second does what it does without a pool.</summary>
internal static class Interrupts
{
    private static readonly Lock Gate = new();
    private static readonly List<CallControl> Waiting = [];
    private static PosixSignalRegistration? _registration;

    /// <summary>The call is waited for until the returned object is disposed.</summary>
    public static Watcher Watch(CallControl control)
    {
        lock (Gate)
        {
            Waiting.Add(control);
            // It stays registered: outside of verbs it does nothing, so that the runtime's default stands.
            _registration ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        }

        return new Watcher(control);
    }

    private static void OnSignal(PosixSignalContext context)
    {
        CallControl[] waiting;
        lock (Gate)
            waiting = [.. Waiting];
        foreach (var control in waiting)
        {
            if (control.Stop(new OperationCanceledException("Interrupted."), soon: true))
                context.Cancel = true;
        }
    }

    /// <summary>Ends the watch.</summary>
    public readonly struct Watcher(CallControl control) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
                Waiting.Remove(control);
        }
    }
}
