using System.Diagnostics;
using Shoal.Backends;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>A back end with its reports; when it is disposed, every process that it started must be gone.</summary>
internal sealed class TestBackend : IDisposable
{
    private int _calls;

    public TestBackend(PoolOptions? options = null, LaunchPlan? plan = null, TimeSpan? helloLimit = null)
    {
        options ??= new PoolOptions { Workers = 1 };
        Backend = plan is null ? new ProcessBackend(options) : new ProcessBackend(options, plan) { HelloLimit = helloLimit ?? TimeSpan.FromSeconds(20) };
    }

    public ProcessBackend Backend { get; }

    public SinkLog Log { get; } = new();

    /// <summary>Starts a worker and waits until it is ready.</summary>
    public int Start(int worker = 0)
    {
        Backend.Start(worker, Log);
        return Log.Next<ReadyReport>().ProcessId;
    }

    /// <summary>Sends one batch with all items.</summary>
    public FakeJob Send(Func<int, int> f, params int[] items) => Send((x, _) => f(x), items);

    /// <summary>Sends one batch with all items.</summary>
    public FakeJob Send(Func<int, ItemContext, int> f, params int[] items)
    {
        FakeJob job = new(++_calls, f, items);
        Backend.Send(0, new Batch(job, 0, items.Length, 0));
        return job;
    }

    /// <summary>Runs one item and returns its result.</summary>
    public int Run(Func<int, int> f, int item = 0)
    {
        FakeJob job = Send(f, item);
        _ = Log.Next<FinishedReport>();
        return job.Results[0];
    }

    public void Dispose()
    {
        Backend.Dispose();
        foreach (ReadyReport ready in Log.All.OfType<ReadyReport>())
            IsAlive(ready.ProcessId).ShouldBeFalse($"process {ready.ProcessId} is still there");
    }

    /// <summary>Whether the process exists and is no zombie.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until the process is gone.</summary>
    public static bool WaitUntilGone(int process, TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return SpinWait.SpinUntil(() => !IsAlive(process), limit - watch.Elapsed);
    }
}
