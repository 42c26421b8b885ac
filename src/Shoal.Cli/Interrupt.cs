using System.Runtime.InteropServices;

namespace Shoal.Cli;

/// <summary>Ctrl-C: the first cancels the command, a second one, or a command that does not end in time, ends the program.</summary>
internal sealed class Interrupt : IDisposable
{
    // A person's patience is a second. What runs then is a step of training or a row of a prediction, a tenth of that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.8);

    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration _registration;
    private Timer? _end;

    public Interrupt() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

    public CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _end?.Dispose();
        _cancel.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_cancel.IsCancellationRequested)
            Environment.Exit(Failure.Interrupted);

        _end = new Timer(_ => Environment.Exit(Failure.Interrupted), null, Patience, Timeout.InfiniteTimeSpan);
        _cancel.Cancel();
    }
}
