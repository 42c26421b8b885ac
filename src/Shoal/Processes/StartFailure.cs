using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>Says why a worker could not start.</summary>
internal static class StartFailure
{
    /// <summary>The error that the pool fails with, or null where a new start may well succeed.</summary>
    public static Exception? Explain(int worker, WorkerLoss loss, Exception? failure)
    {
        // Somebody killed it from outside while it started: that says nothing about the next one.
        if (failure is null && loss.Signal == Posix.SigKill)
            return null;
        // What the initializer threw goes to the caller as it is.
        if (failure is not null and not ShoalException and not InvalidDataException)
            return failure;
        var how = failure?.Message ?? loss switch
        {
            { Signal: int signal } => $"It ended with signal {signal} before it was ready.",
            { ExitCode: int code } => $"It ended with exit code {code} before it was ready.",
            _ => "It ended before it was ready.",
        };
        var lines = loss.LastLines.Count == 0 ? "" : " Its last lines: " + string.Join(" | ", loss.LastLines);
        return new ShoalException($"Worker {worker} (processes, pid {loss.ProcessId}) could not start. {how}{lines}", failure);
    }
}
