using System.Diagnostics;
using System.Text.Json;

namespace Shoal.Cli.Tests;

/// <summary>Ctrl-C and killed workers, on the real program.</summary>
[Collection(Programs.Name)]
public sealed class InterruptTests(TrainedModel trained)
{
    // Enough rows that a worker is still at them when the signal comes: two passes of a second at 3,000 rows a second.
    private const int Images = 6_000;
    private const string LinuxOnly = "workers are found through /proc";

    // The promise is a second after Ctrl-C. A busy machine may take longer now and then, never this long.
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoneOnABusyMachine = TimeSpan.FromSeconds(15);

    // A worker that was handed items and waits for a core has begun none. With twenty programs on two cores that is every other kill.
    private const int Attempts = 6;

    // Enough work of a worker that it has come up, loaded the model, and predicts.
    private static readonly TimeSpan AtWork = TimeSpan.FromSeconds(0.6);

    [SkippableFact]
    public async Task Interrupt_while_training_leaves_no_file_and_no_process()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();

        await IsGoneAsync(folder, async () =>
        {
            var shoal = ShoalProcess.Start(folder, "digits", "--data", trained.Data, "--train", "256", "--epochs", "100000", "--steps", "2", "--batch", "32", "--rows", "5");
            await shoal.UntilAsync(() => shoal.Output.Contains("Epoch 1/", StringComparison.Ordinal), "the first epoch");
            return shoal;
        });
    }

    [SkippableFact]
    public async Task Interrupt_while_the_loop_predicts_ends_the_program()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        var data = await folder.WriteDigitsAsync(train: 20_000, test: 10);

        await IsGoneAsync(folder, async () =>
        {
            var shoal = ShoalProcess.Start(folder, "digits", "--data", data, "--load", trained.Model, "--train", "1", "--rows", "19999", "--pool", "serial");
            await shoal.UntilAsync(() => shoal.Output.Contains("Test accuracy", StringComparison.Ordinal), "the test accuracy");
            return shoal;
        });
    }

    [SkippableFact]
    [Trait("Category", "Slow")]
    public async Task Interrupt_while_processes_predict_leaves_no_process()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        var data = await folder.WriteDigitsAsync(train: Images, test: 10);

        await IsGoneAsync(folder, () => PredictsAsync(folder, data));
    }

    [SkippableFact]
    [Trait("Category", "Slow")]
    public async Task A_killed_worker_costs_one_item_run_twice_and_no_answer()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        var data = await folder.WriteDigitsAsync(train: Images, test: 10);

        // On a busy machine the kill may meet a worker that has begun no item: then none is run twice, and the test tries again.
        var runAgain = 0;
        for (var attempt = 0; attempt < Attempts && runAgain == 0; attempt++)
            runAgain = await KillOneWorkerAsync(folder, data);

        runAgain.ShouldBe(1);
    }

    [SkippableFact]
    [Trait("Category", "Slow")]
    public async Task A_killed_program_leaves_no_worker()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        var data = await folder.WriteDigitsAsync(train: Images, test: 10);
        using var shoal = await PredictsAsync(folder, data);

        shoal.Signal(ShoalProcess.SigKill);
        await shoal.EndAsync();

        await NoWorkerIsLeftAsync(shoal);
    }

    private async Task<ShoalProcess> PredictsAsync(TestFolder folder, string data)
    {
        var shoal = ShoalProcess.Start(folder, "digits", "--data", data, "--load", trained.Model, "--train", "1", "--rows", $"{Images - 1}", "--pool", "processes:2");
        await shoal.UntilAsync(() => shoal.Workers().Any(worker => ShoalProcess.ProcessorTime(worker) > AtWork), "a worker at work");
        return shoal;
    }

    private async Task<int> KillOneWorkerAsync(TestFolder folder, string data)
    {
        using var shoal = ShoalProcess.Start(folder, "digits", "--data", data, "--load", trained.Model, "--train", "1", "--rows", $"{Images - 1}", "--pool", "processes:2", "--json");
        var worker = 0;
        await shoal.UntilAsync(() => (worker = shoal.Workers().FirstOrDefault(worker => ShoalProcess.ProcessorTime(worker) > AtWork)) != 0, "a worker at work");

        shoal.Signal(ShoalProcess.SigKill, worker);
        var run = await shoal.EndAsync();

        run.ExitCode.ShouldBe(0, run.Error);
        var pool = JsonDocument.Parse(run.Output).RootElement.GetProperty("pools")[1];
        pool.GetProperty("identical").GetBoolean().ShouldBeTrue();
        pool.GetProperty("itemsInWorkers").GetInt32().ShouldBe(Images - 1);
        pool.GetProperty("workersLost").GetInt32().ShouldBe(1);
        shoal.Workers().ShouldBeEmpty();
        var runAgain = pool.TryGetProperty("itemsRunAgain", out var count) ? count.GetInt32() : 0;
        run.ErrorLines.ShouldHaveSingleItem().ShouldBe($"processes:2: 1 worker lost, {(runAgain == 1 ? "1 item" : $"{runAgain} items")} run twice");
        return runAgain;
    }

    // Every try has to end rightly; one of them has to keep the promise.
    private static async Task IsGoneAsync(TestFolder folder, Func<Task<ShoalProcess>> start)
    {
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < Attempts && fastest > Gone; attempt++)
        {
            using var shoal = await start();
            var took = await InterruptAsync(shoal, folder);
            fastest = took < fastest ? took : fastest;
        }

        fastest.ShouldBeLessThan(Gone);
    }

    private static async Task<TimeSpan> InterruptAsync(ShoalProcess shoal, TestFolder folder)
    {
        var clock = Stopwatch.StartNew();
        shoal.Signal(ShoalProcess.SigInt);
        var run = await shoal.EndAsync(GoneOnABusyMachine);
        var took = clock.Elapsed;

        run.ExitCode.ShouldBe(130, run.Error);
        run.ErrorLines.ShouldHaveSingleItem().ShouldBe("shoal digits: interrupted.");
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
        await NoWorkerIsLeftAsync(shoal);
        return took;
    }

    // A killed process stays in /proc for a moment.
    private static async Task NoWorkerIsLeftAsync(ShoalProcess shoal)
    {
        var clock = Stopwatch.StartNew();
        while (shoal.Workers().Count > 0 && clock.Elapsed < GoneOnABusyMachine)
            await Task.Delay(20);
        shoal.Workers().ShouldBeEmpty();
    }
}
