using System.Runtime.InteropServices;

namespace Shoal.Calls;

/// <summary>Ctrl-C while a verb waits: the first cancels every waiting call, a second does what it does without a pool.</summary>
internal static class Interrupts
{
    private const int ExitCode = 130;
    private static readonly Lock Gate = new();
    private static readonly List<CallControl> Waiting = [];
    private static PosixSignalRegistration? _registration;
    private static bool _interrupted;

    /// <summary>The call is waited for until the returned object is disposed.</summary>
    public static Watcher Watch(CallControl control)
    {
        lock (Gate)
        {
            Waiting.Add(control);
            if (_registration is null)
            {
                // They stay registered: outside of verbs they do nothing, so that the runtime's default stands.
                _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
                AppDomain.CurrentDomain.UnhandledException += EndAsInterrupted;
            }
        }

        return new Watcher(control);
    }

    private static void OnSignal(PosixSignalContext context)
    {
        CallControl[] waiting;
        lock (Gate)
            waiting = [.. Waiting];
        if (waiting.Length == 0)
            return;
        // First: a call that is stopped may end, and the program with it, before this returns.
        Volatile.Write(ref _interrupted, true);
        foreach (var control in waiting)
        {
            if (control.Stop(new OperationCanceledException("Interrupted by Ctrl-C."), soon: true))
                context.Cancel = true;
        }
    }

    // Nobody caught the cancellation that Ctrl-C caused: a line and the shell's code for it, not a stack and a core.
    private static void EndAsInterrupted(object sender, UnhandledExceptionEventArgs unhandled)
    {
        if (!Volatile.Read(ref _interrupted) || unhandled.ExceptionObject is not OperationCanceledException)
            return;
        Console.Error.WriteLine("Interrupted.");
        Environment.Exit(ExitCode);
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
