using System.Collections.Concurrent;
using Shoal.Backends;

namespace Shoal.Tests.Processes;

/// <summary>A sink that keeps every report, in order, and lets a test wait for the next one.</summary>
internal sealed class SinkLog : IBackendSink
{
    private readonly BlockingCollection<object> _reports = [];

    public ConcurrentQueue<object> All { get; } = new();

    public void Ready(int worker, WorkerIdentity identity) => Add(new ReadyReport(worker, identity.ProcessId));

    public void Running(int worker, int call, long index) => Add(new RunningReport(worker, call, index));

    public void Finished(int worker, int call, long index, int count) => Add(new FinishedReport(worker, call, index, count));

    public void Failed(int worker, int call, long index, Exception error) => Add(new FailedReport(worker, call, index, error));

    public void TakenBack(int worker, long batch, long? from) => Add(new TakenBackReport(worker, batch, from));

    public void Lost(int worker, WorkerLoss loss) => Add(new LostReport(worker, loss));

    /// <summary>Takes reports until one of this kind comes.</summary>
    public T Next<T>(Func<T, bool>? wanted = null)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            object report;
            try
            {
                report = _reports.Take(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No {typeof(T).Name} came. What came: {string.Join("; ", All)}");
            }
            if (report is T typed && (wanted is null || wanted(typed)))
                return typed;
            if (report is FailedReport failed)
                throw new InvalidOperationException($"Item {failed.Index} failed where a {typeof(T).Name} was expected.", failed.Error);
            if (report is LostReport { Loss.Asked: false } lost && typeof(T) != typeof(LostReport))
                throw new InvalidOperationException($"A worker was lost: {lost.Loss} {string.Join(" | ", lost.Loss.LastLines)}", lost.Loss.StartError);
        }
    }

    private void Add(object report)
    {
        All.Enqueue(report);
        _reports.Add(report);
    }
}

internal sealed record ReadyReport(int Worker, int ProcessId);

internal sealed record RunningReport(int Worker, int Call, long Index);

internal sealed record FinishedReport(int Worker, int Call, long Index, int Count);

internal sealed record FailedReport(int Worker, int Call, long Index, Exception Error);

internal sealed record TakenBackReport(int Worker, long Batch, long? From);

internal sealed record LostReport(int Worker, WorkerLoss Loss);
