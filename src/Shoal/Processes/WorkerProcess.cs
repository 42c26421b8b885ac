namespace Shoal.Processes;

/// <summary>What this process is to a pool.</summary>
internal static class WorkerProcess
{
    /// <summary>Whether this process is a worker: user code in it runs inside a call already.</summary>
    public static bool IsWorker { get; set; }
}
