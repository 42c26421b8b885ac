using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>What the tests of blocks share: a pool of one worker, a death, and an ear for progress.</summary>
internal static class BlockPools
{
    public static Pool Open(string transport) =>
        Pool.Processes(new PoolOptions { Workers = 1, Environment = new Dictionary<string, string?> { [Transport.Variable] = transport } });

    /// <summary>Ends this process; nothing comes back.</summary>
    public static T Die<T>(T never)
    {
        _ = Posix.Kill(Environment.ProcessId, Posix.SigKill);
        Thread.Sleep(30_000);
        return never;
    }

    internal sealed class Told(List<long> told) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => told.Add(value.Finished);
    }
}
