using Shoal.Processes;

/// <summary>
/// What the runtime calls before <c>Main</c> where <c>DOTNET_STARTUP_HOOKS</c> names this assembly; the runtime asks for this name and no namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>Serves the pool that started this process, and never returns then. In any other process it does nothing.</summary>
    public static void Initialize() => WorkerStart.Enter();
}
