namespace Shoal.Processes;

/// <summary>Makes a fork bomb impossible: a program that was started as a worker but runs its <c>Main</c> must not start workers of its own.</summary>
internal static class WorkerGuard
{
    /// <summary>Ends the process where it was started as a worker and the hook did not run.</summary>
    public static void Check()
    {
        if (Environment.GetEnvironmentVariable(WorkerEnvironment.Marker) is null || WorkerProcess.IsWorker)
            return;
        Environment.FailFast(
            "This process was started as a worker of a Shoal pool, but the start-up hook did not run, so the program ran its Main instead and was about to start workers of its own. " +
            "Set <StartupHookSupport>true</StartupHookSupport> in the project, or use Pool.Threads().");
    }
}
