using System.Collections.Concurrent;
using System.Diagnostics;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    public Task A_call_is_an_activity() => Within(() =>
    {
        using var heard = new HeardActivities();
        using var pool = Open();

        pool.Map([1, 2, 3], x => x + 1);

        var call = heard.Single();
        call.OperationName.ShouldBe($"Map {pool.Spec}");
        call.Status.ShouldBe(ActivityStatusCode.Unset);
        Tags(call).ShouldBe([
            ("shoal.backend", pool.Spec.Split(':')[0]), ("shoal.items", 3L), ("shoal.outcome", "ok"), ("shoal.pool", pool.Spec), ("shoal.verb", "map"),
        ]);
        Activity.Current.ShouldBe(heard.Root);
    });

    [SkippableFact]
    public Task An_asynchronous_call_is_an_activity_of_its_own() => Within(() =>
    {
        using var heard = new HeardActivities();
        using var pool = Open();
        using var gate = new Gate();
        var path = gate.Path;

        var call = pool.ApplyAsync(x => WaitForFile(path, x), 1);
        Activity.Current.ShouldBe(heard.Root);
        heard.Stopped.ShouldBeEmpty();
        gate.Open();
        call.Wait(Limit);

        Tags(heard.Single()).ShouldContain(("shoal.verb", "applyAsync"));
        Activity.Current.ShouldBe(heard.Root);
    });

    [SkippableFact]
    public Task An_activity_tells_how_its_call_failed() => Within(() =>
    {
        using var heard = new HeardActivities();
        using var pool = Open();

        Should.Throw<FormatException>(() => pool.Map(["1", "two"], text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Should.Throw<OperationCanceledException>(() => pool.Map([1, 2], WaitForCancel, cancel: source.Token));

        var (failed, cancelled) = (heard.Stopped.First(), heard.Stopped.Last());
        failed.Status.ShouldBe(ActivityStatusCode.Error);
        Tags(failed).ShouldContain(("error.type", "System.FormatException"));
        Tags(failed).ShouldContain(("shoal.outcome", "failed"));
        cancelled.Status.ShouldBe(ActivityStatusCode.Unset);
        Tags(cancelled).ShouldContain(("shoal.outcome", "cancelled"));
    });

    [SkippableFact]
    public Task An_activity_of_a_stream_lasts_until_its_reader_leaves() => Within(() =>
    {
        using var heard = new HeardActivities();
        using var pool = Open();

        foreach (var result in pool.Stream([1, 2, 3], x => x))
            heard.Stopped.ShouldBeEmpty();
        foreach (var result in pool.StreamUnordered([1, 2, 3], x => x))
            break;
        Should.Throw<FormatException>(() => pool.Stream(["one"], text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray());

        heard.Stopped.Select(activity => $"{activity.GetTagItem("shoal.verb")} {activity.GetTagItem("shoal.outcome")}")
            .ShouldBe(["stream ok", "streamUnordered left", "stream failed"]);
    });

    [SkippableFact]
    public Task A_lost_worker_is_an_event_of_the_call() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash ends the program");
        using var heard = new HeardActivities();
        using var pool = Open();
        using var died = new Gate();
        var path = died.Path;

        pool.Map(Enumerable.Range(0, 8).ToArray(), x => DieOnce(path, x));

        var lost = heard.Single().Events.Single();
        lost.Name.ShouldBe("shoal.worker.lost");
        lost.Tags.ShouldContain(new KeyValuePair<string, object?>("shoal.signal", 9));
    });

    [SkippableFact]
    public Task A_worker_that_the_pool_ends_is_an_event_and_a_recycle() => Within(() =>
    {
        SkipUnless(traits => traits.CanKill, "its workers cannot be killed");
        using var heard = new HeardActivities();
        using var pool = Open(new PoolOptions { Grace = TimeSpan.FromMilliseconds(50) });

        Should.Throw<TimeoutException>(() => pool.Map([1], x =>
        {
            Thread.Sleep(Limit);
            return x;
        }, new() { Timeout = TimeSpan.FromMilliseconds(50) }));

        heard.Single().Events.Single().Name.ShouldBe("shoal.worker.ended");
        SpinWait.SpinUntil(() => pool.Report.WorkersRecycled == 1, Limit).ShouldBeTrue();
        (pool.Report.WorkersLost, pool.Report.PerWorker.Sum(worker => worker.Recycles)).ShouldBe((0, 1));
    });

    private static (string, object?)[] Tags(Activity activity) => [.. activity.TagObjects.Select(tag => (tag.Key, tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal)];

    /// <summary>The activities of this flow of execution: those of tests that run at the same time have other roots.</summary>
    private sealed class HeardActivities : IDisposable
    {
        private static readonly ActivitySource OfTests = new("Shoal.Tests");
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _stopped = new();

        public HeardActivities()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is "Shoal" or "Shoal.Tests",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.Source.Name == "Shoal" && activity.TraceId == Root?.TraceId)
                        _stopped.Enqueue(activity);
                },
            };
            ActivitySource.AddActivityListener(_listener);
            Root = OfTests.StartActivity("test");
        }

        public Activity? Root { get; }

        public IReadOnlyCollection<Activity> Stopped => _stopped;

        public Activity Single() => _stopped.ShouldHaveSingleItem();

        public void Dispose()
        {
            Root?.Dispose();
            _listener.Dispose();
        }
    }
}
