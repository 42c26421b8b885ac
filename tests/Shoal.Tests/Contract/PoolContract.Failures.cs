using System.Collections;
using System.Diagnostics;

namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "4"), Trait("Behaviour", "5"), Trait("Behaviour", "6")]
    public Task Callbacks_get_the_result_or_the_error_once() => Within(() =>
    {
        using var pool = Open();
        using var done = new CountdownEvent(3);
        var results = new List<int[]>();
        var errors = new List<Exception>();

        pool.MapAsync(["1"], int.Parse).Then(x => { results.Add(x); done.Signal(); }, error => { errors.Add(error); done.Signal(); });
        pool.MapAsync(["a"], int.Parse).Then(x => { results.Add(x); done.Signal(); }, error => { errors.Add(error); done.Signal(); });
        var lookup = pool.ApplyAsync<string, int>(key => throw new KeyNotFoundException(key), "k");
        lookup.Then(_ => done.Signal(), error => { errors.Add(error); done.Signal(); });

        done.Wait(Limit).ShouldBeTrue();
        results.ShouldHaveSingleItem().ShouldBe([1]);
        errors.Select(error => error.GetType()).ShouldBe([typeof(FormatException), typeof(KeyNotFoundException)], ignoreOrder: true);
        var thrown = Should.Throw<KeyNotFoundException>(() => lookup.Wait());
        errors.ShouldContain(thrown);
    });

    [SkippableFact]
    [Trait("Behaviour", "14")]
    public Task A_callback_that_throws_hurts_nobody_else() => Within(() =>
    {
        using var pool = Open();
        using var done = new ManualResetEventSlim();

        var first = pool.ApplyAsync(x => x + 1, 1).Then(_ => throw new InvalidOperationException("callback"));
        first.Wait().ShouldBe(2);
        pool.ApplyAsync(x => x + 1, 2).Then(_ => done.Set());

        done.Wait(Limit).ShouldBeTrue();
        pool.Apply(x => x + 1, 3).ShouldBe(4);
        // The callbacks of two calls come in any order.
        SpinWait.SpinUntil(() => pool.Report.CallbackErrors == 1, Limit).ShouldBeTrue();
    });

    [SkippableFact]
    [Trait("Behaviour", "12"), Trait("Behaviour", "32"), Trait("Behaviour", "44")]
    public Task An_exception_keeps_its_type_its_message_and_the_place_of_the_throw() => Within(() =>
    {
        using var pool = Open();

        for (var round = 0; round < 3; round++)
        {
            var error = Should.Throw<FormatException>(() => pool.Map([1, 2, 3], ThrowAtTwo));
            error.Message.ShouldBe("two");
            error.InnerException.ShouldBeOfType<ArgumentOutOfRangeException>().ParamName.ShouldBe("x");
            error.Data["row"].ShouldBe(17);
            error.ToString().ShouldContain(nameof(ThrowAtTwo));
            error.ToString().ShouldContain("PoolContract.Failures.cs:line ");
            pool.Map([1, 3], ThrowAtTwo).ShouldBe([1, 3]);
        }

        pool.Report.WorkersLost.ShouldBe(0);
    });

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(7)]
    public Task The_lowest_failing_item_is_the_one_thrown(int? batch) => Within(() =>
    {
        using var pool = Open();

        for (var lowest = 0; lowest < 60; lowest += 7)
        {
            var from = lowest;
            var error = Should.Throw<FormatException>(() => pool.Map(
                Enumerable.Range(0, 60).ToArray(), x => x >= from ? throw new FormatException($"{x}") : x, new() { Batch = batch }));
            error.Message.ShouldBe($"{lowest}");
        }
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(19)]
    [Trait("Behaviour", "16"), Trait("Behaviour", "32")]
    public Task An_input_that_throws_is_raised_as_it_is(int at) => Within(() =>
    {
        using var pool = Open();
        IEnumerable<int> Input()
        {
            for (var i = 0; i < 20; i++)
                yield return i < at ? i : throw new IOException("input");
        }

        for (var round = 0; round < 2; round++)
        {
            var error = Should.Throw<IOException>(() => pool.Map(Input(), x => x));
            error.Message.ShouldBe("input");
            error.ToString().ShouldNotContain("in worker ");
            Should.Throw<IOException>(() => pool.MapAsync(Input(), x => x).Wait()).Message.ShouldBe("input");
        }

        pool.Map([1], x => x).ShouldBe([1]);
    });

    [SkippableFact]
    public Task An_input_is_disposed_whatever_happens() => Within(() =>
    {
        using var pool = Open();
        var good = new Watched(50);
        var bad = new Watched(50);

        pool.Map(good, x => x).Length.ShouldBe(50);
        Should.Throw<FormatException>(() => pool.Map(bad, x => x == 5 ? throw new FormatException() : x));

        good.Disposed.ShouldBeTrue();
        bad.Disposed.ShouldBeTrue();
    });

    [SkippableFact]
    public Task Wrong_arguments_are_refused_at_the_call() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<ArgumentNullException>(() => pool.Map((int[])null!, x => x));
        Should.Throw<ArgumentNullException>(() => pool.Map([1], (Func<int, int>)null!));
        Should.Throw<ArgumentNullException>(() => pool.Apply((Func<int>)null!));
        Should.Throw<ArgumentException>(() => pool.Map([1], x => x, new() { Batch = 0, Retries = -1 })).Message
            .ShouldBe("MapOptions is not valid: Batch must be 1 or more (was 0); Retries must be 0 or more (was -1).");
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    public Task An_item_whose_worker_dies_runs_again_and_the_others_keep_their_results() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();

        var results = pool.Map(Enumerable.Range(0, 100), (x, context) =>
        {
            if (x == 42 && context.Attempt == 0)
                Process.GetCurrentProcess().Kill();
            return (x, context.Attempt);
        });

        results.ShouldBe(Loop(Enumerable.Range(0, 100), x => (x, x == 42 ? 1 : 0)));
        pool.Report.WorkersLost.ShouldBe(1);
        pool.Report.ItemsRunAgain.ShouldBe(1);
    });

    [SkippableFact]
    [Trait("Only", "processes")]
    public Task An_item_that_kills_its_worker_again_fails_with_the_signal_and_the_item() => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();

        var error = Should.Throw<WorkerLostException>(() => pool.Map([1, 2, 3, 4], x =>
        {
            if (x == 3)
                Process.GetCurrentProcess().Kill();
            return x;
        }));

        error.Index.ShouldBe(2);
        error.Signal.ShouldBe(9);
        error.ProcessId.ShouldBeGreaterThan(0);
        error.Message.ShouldContain("item 2");
        pool.Report.WorkersLost.ShouldBe(2);
        pool.Map([1, 2], x => x).ShouldBe([1, 2]);
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(42)]
    [Trait("Behaviour", "11")]
    [Trait("Only", "processes")]
    public Task A_function_that_ends_its_process_is_named_with_the_exit_code(int code) => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();

        var error = Should.Throw<WorkerLostException>(() => pool.Map([1, 2], x =>
        {
            Environment.Exit(code);
            return x;
        }, new() { Retries = 0 }));

        error.ExitCode.ShouldBe(code);
        error.Index.ShouldBe(0);
        pool.Apply(x => x, 3).ShouldBe(3);
    });

    [SkippableTheory]
    [InlineData("_exit 42", 42, null)]
    [InlineData("fail fast", null, 6)]
    [InlineData("stack overflow", null, 6)]
    [InlineData("segmentation fault", null, 11)]
    [Trait("Behaviour", "11")]
    [Trait("Only", "processes")]
    public Task A_function_that_crashes_its_process_is_named_with_the_code_or_signal(string way, int? code, int? signal) => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();
        var chosen = Array.IndexOf(Processes.WorkerDeathTests.Ways, way);

        var error = Should.Throw<WorkerLostException>(() => pool.Map([1, 2, 3], x => x == 2 ? Processes.WorkerDeathTests.Die(chosen) : x, new() { Retries = 0 }));

        error.ExitCode.ShouldBe(code);
        error.Signal.ShouldBe(signal);
        error.Index.ShouldBe(1);
        pool.Apply(x => x, 3).ShouldBe(3);
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [Trait("Behaviour", "13")]
    [Trait("Only", "processes")]
    public Task A_worker_killed_while_idle_is_replaced(int retries) => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();

        var victim = pool.Apply(() => Environment.ProcessId);
        using (var process = Process.GetProcessById(victim))
            process.Kill();

        var items = Enumerable.Range(0, 50).ToArray();
        pool.Map(items, x => x, new() { Retries = retries, Batch = 1 }).ShouldBe(items);
    });

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(null)]
    [Trait("Behaviour", "13")]
    [Trait("Only", "processes")]
    public Task A_worker_killed_while_busy_fails_its_item_or_runs_it_again(int? retries) => Within(() =>
    {
        SkipUnless(traits => traits.SurvivesCrash, "a crash of a worker ends the program");
        using var pool = Open();
        using var gate = new Gate();
        var path = gate.Path;
        var call = pool.MapAsync([1], (x, context) =>
        {
            if (context.Attempt > 0)
                return x;
            File.WriteAllText(path + ".new", $"{Environment.ProcessId}");
            File.Move(path + ".new", path);
            Thread.Sleep(600_000);
            return -1;
        }, new() { Retries = retries });
        SpinWait.SpinUntil(() => File.Exists(path), Limit).ShouldBeTrue();

        using (var victim = Process.GetProcessById(int.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture)))
            victim.Kill();

        if (retries == 0)
            Should.Throw<WorkerLostException>(() => call.Wait(TimeSpan.FromSeconds(20))).Signal.ShouldBe(9);
        else
            call.Wait(TimeSpan.FromSeconds(20)).ShouldBe([1]);
        pool.Report.WorkersLost.ShouldBe(1);
    });

    [SkippableFact]
    [Trait("Behaviour", "43")]
    public Task One_bad_item_among_long_ones_is_raised_soon_and_ends_the_rest() => Within(() =>
    {
        using var pool = Open(new PoolOptions { Grace = TimeSpan.FromMilliseconds(200) });
        var items = Enumerable.Range(0, 100).ToArray();

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), () => Should.Throw<FormatException>(() => pool.Map(items, (x, context) =>
        {
            if (x == 1)
                throw new FormatException();
            // Ten seconds, but for the one below the bad item: the loop would have finished it too.
            context.Cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(x == 0 ? 1 : 10));
            return x;
        }, new() { Batch = 1 })));

        ShouldTakeLessThan(TimeSpan.FromSeconds(20), () => pool.Map([1, 2], x => x).ShouldBe([1, 2]));
    });

    private static int ThrowAtTwo(int x) =>
        x == 2 ? throw new FormatException("two", new ArgumentOutOfRangeException(nameof(x))) { Data = { ["row"] = 17 } } : x;

    private sealed class Watched(int count) : IEnumerable<int>
    {
        public bool Disposed { get; private set; }

        public IEnumerator<int> GetEnumerator()
        {
            try
            {
                for (var i = 0; i < count; i++)
                    yield return i;
            }
            finally
            {
                Disposed = true;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
