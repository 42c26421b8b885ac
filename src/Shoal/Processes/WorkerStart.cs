namespace Shoal.Processes;

/// <summary>The first code of Shoal in a process that was started as a worker, before its <c>Main</c>.</summary>
internal static unsafe class WorkerStart
{
    /// <summary>Serves the pool and never returns, in a worker; returns at once in any other process.</summary>
    public static void Enter()
    {
        var marker = Environment.GetEnvironmentVariable(WorkerEnvironment.Marker);
        if (marker is null)
            return;
        // Before anything else: no program that a worker starts may take itself for a worker.
        WorkerProcess.Given = WorkerEnvironment.GivenOf(marker);
        Restore(WorkerEnvironment.HooksOf(marker));
        Posix.CloseOnExec(Child.DataDescriptor);
        Posix.CloseOnExec(Child.LifeDescriptor);
        Posix.CloseOnExec(Child.MemoryDescriptor); // where there is none, this does nothing
        // The first Ctrl-C is the caller's to answer.
        Posix.Ignore(Posix.SigInt);
        WorkerProcess.IsWorker = true;

        SocketLink data = new(Child.DataDescriptor, -1, patient: true);
        LifeLine lifeLine = new(new SocketLink(Child.LifeDescriptor, -1, patient: true));
        new WorkerLoop(data, lifeLine).Serve();
        Environment.Exit(0);
    }

    // Both in .NET's copy of the environment and in the C library's, which native code passes on.
    private static void Restore(string hooks)
    {
        Environment.SetEnvironmentVariable(WorkerEnvironment.Marker, null);
        Environment.SetEnvironmentVariable(WorkerEnvironment.Hooks, hooks.Length == 0 ? null : hooks);
        fixed (byte* marker = "SHOAL_WORKER\0"u8, name = "DOTNET_STARTUP_HOOKS\0"u8)
        {
            _ = Posix.UnsetVariable(marker);
            if (hooks.Length == 0)
            {
                _ = Posix.UnsetVariable(name);
                return;
            }
            fixed (byte* value = System.Text.Encoding.UTF8.GetBytes(hooks + "\0"))
                _ = Posix.SetVariable(name, value, 1);
        }
    }
}
