namespace Shoal.Processes;

/// <summary>What this process is to a pool.</summary>
internal static class WorkerProcess
{
    /// <summary>Whether this process is a worker: user code in it runs inside a call already.</summary>
    public static bool IsWorker { get; set; }

    /// <summary>How many pools it is inside of.</summary>
    public static int Depth { get; set; }

    /// <summary>Whether pools that are opened in it have workers of their own.</summary>
    public static bool Nests { get; set; }

    /// <summary>The variables that its pool gave it by itself, and nobody chose: for its own workers there are others.</summary>
    public static IReadOnlyDictionary<string, string> Given { get; set; } = new Dictionary<string, string>();
}
