using System.Diagnostics;
using Shoal.Backends;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class ProcessBackendTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_batch_runs_in_another_process()
    {
        await Task.Yield();
        SinkLog log = new();
        using ProcessBackend backend = new(new PoolOptions { Workers = 1 });

        backend.Start(0, log);
        ReadyReport ready = log.Next<ReadyReport>();
        FakeJob job = new(1, ProcessIdPlus, [0, 1, 2]);
        backend.Send(0, new Batch(job, 0, 3, 0));
        log.Next<FinishedReport>(report => report.Index + report.Count == 3);

        job.Results.ShouldBe([ready.ProcessId, ready.ProcessId + 1, ready.ProcessId + 2]);
        ready.ProcessId.ShouldNotBe(Environment.ProcessId);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_worker_is_reported_once_with_its_signal()
    {
        await Task.Yield();
        SinkLog log = new();
        using ProcessBackend backend = new(new PoolOptions { Workers = 1 });
        backend.Start(0, log);
        ReadyReport ready = log.Next<ReadyReport>();

        Process.GetProcessById(ready.ProcessId).Kill();
        LostReport lost = log.Next<LostReport>();

        lost.Loss.Signal.ShouldBe(9);
    }

    private static int ProcessIdPlus(int x) => Environment.ProcessId + x;
}
