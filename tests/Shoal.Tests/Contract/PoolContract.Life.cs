namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "19")]
    public Task A_wait_that_times_out_leaves_the_call_alone() => Within(() =>
    {
        using var pool = Open();
        using var gate = new Gate();
        var path = gate.Path;

        var slow = pool.MapAsync([0, 1, 2], x =>
        {
            while (x == 2 && !File.Exists(path))
                Thread.Sleep(5);
            return x;
        });
        Should.Throw<TimeoutException>(() => slow.Wait(TimeSpan.FromMilliseconds(50))).Message.ShouldContain("goes on");
        slow.IsCompleted.ShouldBeFalse();
        gate.Open();

        slow.Wait(Limit).ShouldBe([0, 1, 2]);
        pool.ApplyAsync(x => x, 1).Wait(Limit).ShouldBe(1);
    });

    [SkippableFact]
    public Task Cancelling_a_token_ends_the_call_and_the_pool_goes_on() => Within(() =>
    {
        using var pool = Open();
        using var source = new CancellationTokenSource();
        var call = pool.MapAsync(Enumerable.Range(0, 100).ToArray(), WaitForCancel, cancel: source.Token);

        source.Cancel();

        Should.Throw<OperationCanceledException>(() => call.Wait(TimeSpan.FromSeconds(20)));
        call.Cancel().ShouldBeFalse();
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });

    [SkippableFact]
    public Task A_synchronous_verb_is_cancelled_while_it_waits() => Within(() =>
    {
        using var pool = Open();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        Should.Throw<OperationCanceledException>(() => pool.Map(Enumerable.Range(0, 100).ToArray(), WaitForCancel, cancel: source.Token))
            .CancellationToken.ShouldBe(source.Token);
        Should.Throw<OperationCanceledException>(() => pool.Map([1], x => x, cancel: source.Token));
    });

    [SkippableFact]
    [Trait("Behaviour", "33")]
    public Task A_call_cancelled_before_it_starts_never_runs() => Within(() =>
    {
        using var pool = Open();
        using var gate = new Gate();
        using var ran = new Gate();
        var (path, trace) = (gate.Path, ran.Path);
        var blocking = pool.MapAsync(Enumerable.Range(0, pool.Workers).ToArray(), x =>
        {
            while (!File.Exists(path))
                Thread.Sleep(5);
            return x;
        }, new() { Batch = 1 });

        var late = pool.ApplyAsync(x =>
        {
            File.WriteAllText(trace, "ran");
            return x;
        }, 1);
        late.Cancel().ShouldBeTrue();
        gate.Open();

        blocking.Wait(Limit).Length.ShouldBe(pool.Workers);
        Should.Throw<OperationCanceledException>(() => late.Wait(Limit));
        File.Exists(trace).ShouldBeFalse();
        blocking.Cancel().ShouldBeFalse();
    });

    [SkippableFact]
    [Trait("Behaviour", "33")]
    public Task Ten_threads_share_a_pool() => Within(() =>
    {
        using var pool = Open();

        var threads = Enumerable.Range(0, 10).Select(n => Task.Factory.StartNew(() =>
        {
            for (var round = 0; round < 10; round++)
            {
                pool.Map(Enumerable.Range(0, 50).ToArray(), x => x * n).ShouldBe(Loop(Enumerable.Range(0, 50), x => x * n));
                pool.ApplyAsync(x => x + n, round).Wait().ShouldBe(round + n);
                var cancelled = pool.MapAsync(Enumerable.Range(0, 50), x => x);
                if (!cancelled.Cancel())
                    cancelled.Wait().Length.ShouldBe(50);
            }
        }, TaskCreationOptions.LongRunning));

        Task.WaitAll(threads.ToArray(), Limit).ShouldBeTrue();
    });

    [SkippableFact]
    [Trait("Behaviour", "44")]
    public Task Two_calls_overlap_also_from_a_callback() => Within(() =>
    {
        using var pool = Open();
        using var done = new ManualResetEventSlim();
        var inner = 0;

        var first = pool.MapAsync(Enumerable.Range(0, 20_000), x => x + 1);
        var second = pool.Map(Enumerable.Range(0, 20_000), x => x + 2);
        first.Then(_ =>
        {
            inner = pool.Apply(x => x * 2, 21);
            done.Set();
        });

        first.Wait().ShouldBe(Loop(Enumerable.Range(0, 20_000), x => x + 1));
        second.ShouldBe(Loop(Enumerable.Range(0, 20_000), x => x + 2));
        done.Wait(Limit).ShouldBeTrue();
        inner.ShouldBe(42);
    });

    [SkippableFact]
    [Trait("Behaviour", "24")]
    public Task Terminate_ends_ten_thousand_queued_waits() => Within(() =>
    {
        var pool = Open();
        var call = pool.MapAsync(Enumerable.Range(0, 10_000).ToArray(), WaitForCancel);

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), () =>
        {
            pool.Terminate();
            pool.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        });

        Should.Throw<OperationCanceledException>(() => call.Wait(TimeSpan.FromSeconds(20)));
        pool.Dispose();
    });

    [SkippableFact]
    [Trait("Behaviour", "24")]
    [Trait("Only", "processes")]
    public Task Terminate_kills_work_that_does_not_listen() => Within(() =>
    {
        SkipUnless(traits => traits.CanKill, "a thread cannot be killed");
        var pool = Open();
        var call = pool.MapAsync(Enumerable.Range(0, 10_000).ToArray(), x =>
        {
            Thread.Sleep(600_000);
            return x;
        });

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), () =>
        {
            pool.Terminate();
            pool.Join().ShouldBeTrue();
        });

        Should.Throw<OperationCanceledException>(() => call.Wait());
        pool.Dispose();
    });

    [SkippableFact]
    [Trait("Behaviour", "25")]
    public Task A_pool_that_ended_takes_no_calls() => Within(() =>
    {
        var (closed, terminated, disposed) = (Open(), Open(), Open());
        Should.Throw<InvalidOperationException>(() => closed.Join()).Message.ShouldContain("Close");
        closed.Close();
        terminated.Terminate();
        disposed.Dispose();

        foreach (var pool in new[] { closed, terminated, disposed })
        {
            Should.Throw<InvalidOperationException>(() => pool.Map([1], x => x));
            Should.Throw<InvalidOperationException>(() => pool.ApplyAsync(x => x, 1));
            Should.Throw<InvalidOperationException>(() => pool.Stream([1], x => x).ToArray());
        }

        // Python's second `with`.
        using (disposed)
            Should.Throw<ObjectDisposedException>(() => disposed.Apply(x => x, 1));

        closed.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        terminated.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        foreach (var pool in new[] { closed, terminated, disposed })
            pool.Dispose();
    });

    [SkippableFact]
    [Trait("Behaviour", "26")]
    public Task Dispose_waits_for_what_was_begun() => Within(() =>
    {
        PoolTask<int[]> call;
        using (var pool = Open())
        {
            call = pool.MapAsync(Enumerable.Range(0, 8).ToArray(), x =>
            {
                Thread.Sleep(20);
                return x;
            });
        }

        call.IsCompleted.ShouldBeTrue();
        call.Wait().ShouldBe(Loop(Enumerable.Range(0, 8), x => x));
    });

    [SkippableFact]
    [Trait("Behaviour", "26")]
    public Task Dispose_ends_the_work_that_a_failed_call_left() => Within(() =>
    {
        var pool = Open();
        Should.Throw<FormatException>(() => pool.Map(
            Enumerable.Range(0, 4).ToArray(), (x, context) => x == 0 ? throw new FormatException() : WaitForCancel(x, context), new() { Batch = 1 }));

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), pool.Dispose);
    });

    [SkippableFact]
    [Trait("Behaviour", "42")]
    public Task An_item_runs_before_the_next_one_comes() => Within(() =>
    {
        using var pool = Open();
        var folder = Directory.CreateTempSubdirectory("shoal-").FullName;
        IEnumerable<int> Input()
        {
            for (var i = 0; i < 5; i++)
            {
                yield return i;
                SpinWait.SpinUntil(() => File.Exists(Path.Combine(folder, $"{i}")), Limit).ShouldBeTrue($"item {i} did not run");
            }
        }

        int Mark(int x)
        {
            File.WriteAllText(Path.Combine(folder, $"{x}"), "");
            return x;
        }

        pool.Map(Input(), Mark).ShouldBe([0, 1, 2, 3, 4]);
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        pool.MapAsync(Input(), Mark).Wait().ShouldBe([0, 1, 2, 3, 4]);
        Directory.Delete(folder, recursive: true);
    });

    [SkippableFact]
    [Trait("Behaviour", "36")]
    public Task The_initializer_runs_before_the_first_item() => Within(() =>
    {
        using var pool = Open(new PoolOptions { Initializer = () => AppContext.SetData("Shoal.Tests.Ready", "yes") });

        pool.Map([1, 2, 3], x => (string?)AppContext.GetData("Shoal.Tests.Ready")).ShouldBe(["yes", "yes", "yes"]);
    });

    [SkippableFact]
    public Task What_the_initializer_sets_is_the_workers_own() => Within(() =>
    {
        using var pool = Open(new PoolOptions { Initializer = () => _set = 7 });

        pool.Map([1, 2, 3], x => _set + x).ShouldBe([8, 9, 10]);
    });

    [SkippableFact]
    [Trait("Behaviour", "36")]
    public Task An_initializer_that_throws_breaks_the_pool_with_its_error() => Within(() =>
    {
        using var pool = Open(new PoolOptions { Initializer = () => throw new NotSupportedException("start") });

        for (var round = 0; round < 3; round++)
            Should.Throw<NotSupportedException>(() => pool.Map([1, 2, 3], x => x)).Message.ShouldBe("start");
        Should.Throw<NotSupportedException>(() => pool.ApplyAsync(x => x, 1).Wait());
    });

    private static int _set;

    private static int WaitForCancel(int x, ItemContext context)
    {
        context.Cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
        context.Cancel.ThrowIfCancellationRequested();
        return x;
    }

    /// <summary>Something that happens once and is seen by every process: a file that appears.</summary>
    private sealed class Gate : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"shoal-{Guid.NewGuid():N}");

        public void Open() => File.WriteAllText(Path, "");

        public void Dispose() => File.Delete(Path);
    }
}
