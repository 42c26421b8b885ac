using Shoal.Tests.Processes;

namespace Shoal.Tests.Children;

/// <summary>A function in a process of its own: what it returns and throws, and how it is waited for and ended.</summary>
public class ChildProcessTests
{
    // Generous: the machine may be busy with other tests.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 60_000)]
    public async Task Functions_of_0_to_4_arguments_return_their_results()
    {
        var captured = 100;
        using var none = ChildProcess.Start(() => captured + 1);
        using var one = ChildProcess.Start((int a) => a + captured, 2);
        using var two = ChildProcess.Start((int a, string b) => b + a, 3, "x");
        using var three = ChildProcess.Start((int a, int b, int c) => a * b * c, 2, 3, 4);
        using var four = ChildProcess.Start((int a, int b, int c, double d) => a + b + c + d, 1, 2, 3, 0.5);

        (await none).ShouldBe(101);
        (await one).ShouldBe(102);
        two.Wait(Limit).ShouldBe("x3");
        (await three.AsTask()).ShouldBe(24);
        four.Wait().ShouldBe(6.5);
        foreach (var child in (ChildProcess[])[none, one, two, three, four])
        {
            child.ExitCode.ShouldBe(0);
            child.IsAlive.ShouldBeFalse();
            child.Error.ShouldBeNull();
            TestBackend.IsAlive(child.Id).ShouldBeFalse();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Functions_without_a_result_run_too()
    {
        var folder = Directory.CreateTempSubdirectory("shoal-child-");
        try
        {
            var path = folder.FullName + "/";
            using var none = ChildProcess.Start(() => File.WriteAllText(path + "0", ""));
            using var one = ChildProcess.Start(a => File.WriteAllText(path + a, ""), 1);
            using var two = ChildProcess.Start((string p, int a) => File.WriteAllText(p + a, ""), path, 2);
            using var three = ChildProcess.Start((string p, int a, int b) => File.WriteAllText(p + (a + b), ""), path, 1, 2);
            using var four = ChildProcess.Start((string p, int a, int b, int c) => File.WriteAllText(p + (a + b + c), ""), path, 1, 1, 2);

            await none;
            one.Wait();
            two.Wait(Limit);
            three.Join(Limit).ShouldBeTrue();
            four.Join().ShouldBeTrue();

            folder.GetFiles().Select(file => file.Name).Order().ShouldBe(["0", "1", "2", "3", "4"]);
            four.ExitCode.ShouldBe(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_is_another_process_and_known_by_name_and_number()
    {
        await Task.Yield();
        using var named = ChildProcess.Start(() => Environment.ProcessId, new() { Name = "loader" });
        using var unnamed = ChildProcess.Start(() => 0);

        named.Id.ShouldBeGreaterThan(0);
        named.Wait().ShouldBe(named.Id);
        named.Id.ShouldNotBe(Environment.ProcessId);
        named.Name.ShouldBe("loader");
        named.ToString().ShouldBe($"loader (pid {named.Id})");
        unnamed.Name.ShouldStartWith("child-");
    }

    [Fact(Timeout = 60_000)]
    public async Task While_it_is_alive_there_is_no_exit_code_and_waiting_can_time_out()
    {
        await Task.Yield();
        using var gate = new Gate();
        using var child = ChildProcess.Start(Gate.Pass, gate.Path);

        child.Join(TimeSpan.Zero).ShouldBeFalse();
        child.IsAlive.ShouldBeTrue();
        child.ExitCode.ShouldBeNull();
        child.Error.ShouldBeNull();
        child.AsTask().IsCompleted.ShouldBeFalse();
        Should.Throw<TimeoutException>(() => child.Wait(TimeSpan.FromMilliseconds(20))).Message.ShouldContain("It goes on");
        TestBackend.IsAlive(child.Id).ShouldBeTrue();

        gate.Open();
        child.Wait(Limit).ShouldBe("passed");
        child.Join(TimeSpan.Zero).ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_exception_keeps_its_type_its_message_and_its_stack_and_the_exit_code_is_1()
    {
        await Task.Yield();
        using var child = ChildProcess.Start<string, int>(ThrowFormat, "seven");

        var error = Should.Throw<FormatException>(() => child.Wait());

        error.Message.ShouldBe("seven");
        error.ToString().ShouldContain(nameof(ThrowFormat));
        child.Error.ShouldBe(error);
        child.ExitCode.ShouldBe(1);
        await Should.ThrowAsync<FormatException>(async () => await child);
        child.Join().ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_result_that_cannot_travel_is_refused_by_its_path()
    {
        await Task.Yield();
        using var child = ChildProcess.Start(() => new Holder("a", new MemoryStream()));

        var error = Should.Throw<ArgumentException>(() => child.Wait());

        error.Message.ShouldContain("result");
        error.Message.ShouldContain("Stream");
        child.ExitCode.ShouldBe(1);
    }

    [Fact]
    public void What_cannot_travel_to_it_is_refused_by_its_path_before_anything_starts()
    {
        var stream = new MemoryStream();
        var holder = new Holder("a", stream);
        var count = 0;

        Should.Throw<ArgumentException>(() => ChildProcess.Start(() => stream.Length)).Message.ShouldContain("stream: MemoryStream cannot travel");
        Should.Throw<ArgumentException>(() => ChildProcess.Start(h => h.Name, holder)).Message.ShouldContain("argument.Stream: MemoryStream cannot travel");
        Should.Throw<ArgumentException>(() => ChildProcess.Start((a, h) => h.Name + a, 1, holder)).Message.ShouldContain("arguments.Item2.Stream: MemoryStream cannot travel");
        Should.Throw<ArgumentException>(() => ChildProcess.Start(() => count++)).Message.ShouldContain("writes captured `count`");
        Should.Throw<ArgumentException>(() => ChildProcess.Start(async () => await Task.Yield())).Message.ShouldContain("ChildProcess.Start: the function returns a Task");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Start((Func<int>)null!));
        Should.Throw<ArgumentNullException>(() => ChildProcess.Start((Action)null!));
        count.ShouldBe(0);
    }

    [Fact]
    public void Options_that_are_not_valid_are_all_told()
    {
        var error = Should.Throw<ArgumentException>(() => ChildProcess.Start(() => 1, new() { Name = " ", Grace = TimeSpan.FromSeconds(-1), Environment = new Dictionary<string, string?> { ["A=B"] = "" } }));

        error.Message.ShouldBe("ChildProcessOptions is not valid: Name must not be blank; Grace must not be negative (was -00:00:01); Environment has the name 'A=B', which no variable can have.");
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_environment_is_chosen_and_its_input_is_empty()
    {
        await Task.Yield();
        using var child = ChildProcess.Start(
            () => (Environment.GetEnvironmentVariable("SHOAL_TEST_CHOSEN"), Environment.GetEnvironmentVariable("PATH"), Console.In.ReadToEnd()),
            new() { Environment = new Dictionary<string, string?> { ["SHOAL_TEST_CHOSEN"] = "yes", ["PATH"] = null } });

        child.Wait().ShouldBe(("yes", null, ""));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_process_starts_no_processes()
    {
        await Task.Yield();
        using var child = ChildProcess.Start(() => ChildProcess.Start(() => 1).Wait());

        Should.Throw<InvalidOperationException>(() => child.Wait()).Message.ShouldContain("Call the function itself there");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_pool_inside_it_runs_as_a_loop_there()
    {
        await Task.Yield();
        using var child = ChildProcess.Start(() =>
        {
            using var pool = Pool.Processes(2);
            return pool.Map([1, 2, 3], _ => Environment.ProcessId).Distinct().Single() == Environment.ProcessId;
        });

        child.Wait().ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task Several_run_at_once()
    {
        await Task.Yield();
        using var gate = new Gate();
        var children = Enumerable.Range(0, 4).Select(_ => ChildProcess.Start(Gate.Pass, gate.Path)).ToArray();

        children.ShouldAllBe(child => child.IsAlive);
        children.Select(child => child.Id).ShouldBeUnique();
        gate.Open();
        (await Task.WhenAll(children.Select(child => child.AsTask()))).ShouldAllBe(text => text == "passed");
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_left_open_after_many_starts()
    {
        await Task.Yield();
        StartAndWait();

        // A leak would be 60 and more.
        OpenDescriptors.LeastGrowth(
            () =>
            {
                for (var i = 0; i < 8; i++)
                    StartAndWait();
            },
            enough: 40).ShouldBeLessThan(40);

        static void StartAndWait()
        {
            var child = ChildProcess.Start(() => 1); // not disposed: one that has ended holds nothing
            child.Wait(Limit).ShouldBe(1);
        }
    }

    private static int ThrowFormat(string text) => throw new FormatException(text);

    private sealed record Holder(string Name, Stream Stream);
}
