using System.Diagnostics;
using System.Text.Json;

namespace Shoal.Cli.Tests;

[Collection(Programs.Name)]
public sealed class CompareTests
{
    private const string LinuxOnly = "workers are found through /proc";
    private static readonly string[] Verbs =
    [
        "map", "starMap", "apply", "mapAsync", "starMapAsync", "applyAsync", "stream", "streamUnordered", "forEach", "forEachAsync", "reduce", "reduceAsync",
    ];

    // The promise is a second on a machine that is free; without it the work would go on for minutes.
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Count_runs_the_loop_first_and_every_verb_with_every_pool()
    {
        var rows = await RowsAsync("count", "--size", "300", "--pool", "serial", "--pool", "auto", "--pool", "threads:2", "--pool", "processes:2");

        var shapes = rows.GroupBy(row => row.GetProperty("values").GetInt32()).ToArray();
        shapes.Select(shape => shape.Key).ShouldBe([5, 6]);
        foreach (var shape in shapes)
        {
            shape.Select(row => $"{Text(row, "verb")} {Text(row, "pool")}").ShouldBe(
                ["loop serial", .. from pool in new[] { "serial", "auto", "threads:2", "processes:2" } from verb in Verbs select $"{verb} {pool}"]);
        }
    }

    [Fact]
    public async Task Every_row_tells_the_promised_fields_and_the_arithmetic_holds()
    {
        var rows = await RowsAsync("count", "--size", "300", "--pool", "threads:3");

        var loops = rows.Where(row => Text(row, "verb") == "loop").ToDictionary(row => row.GetProperty("values").GetInt32(), row => row.GetProperty("seconds").GetDouble());
        foreach (var row in rows)
        {
            var isLoop = Text(row, "verb") == "loop";
            string[] start = isLoop ? [] : ["startSeconds"];
            row.EnumerateObject().Select(field => field.Name).ShouldBe(
                ["workload", "verb", "size", "values", "pool", "workers", .. start, "seconds", "fastestSeconds", "slowestSeconds", "runs", "speedup", "efficiency", "identical"]);
            Text(row, "workload").ShouldBe("count");
            row.GetProperty("size").GetInt32().ShouldBe(300);
            row.GetProperty("workers").GetInt32().ShouldBe(isLoop ? 1 : 3);
            row.GetProperty("runs").GetInt32().ShouldBeGreaterThan(1);
            row.GetProperty("identical").GetBoolean().ShouldBeTrue();
            var speedup = row.GetProperty("speedup").GetDouble();
            speedup.ShouldBe(loops[row.GetProperty("values").GetInt32()] / row.GetProperty("seconds").GetDouble(), 1e-9);
            row.GetProperty("efficiency").GetDouble().ShouldBe(speedup / row.GetProperty("workers").GetInt32(), 1e-9);
        }
    }

    [Fact]
    public async Task Verbose_says_where_each_pools_time_went()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "compare", "sleep", "--size", "2", "--milliseconds", "1", "--pool", "serial", "--pool", "threads:2", "--verbose");

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("This is the plain loop.");
        run.Output.ShouldContain("\nthreads:2: ");
        run.Output.ShouldContain("An item took");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_call_for_each_row_is_measured_on_a_part_that_is_told_beside_the_loop_over_the_same_part()
    {
        var rows = await RowsAsync("count", "--size", "2500", "--pool", "serial");

        var parts = rows.Where(row => row.GetProperty("size").GetInt32() != 2500).ToArray();
        parts.ShouldAllBe(row => row.GetProperty("size").GetInt32() == 2000 && row.GetProperty("of").GetInt32() == 2500);
        parts.Select(row => Text(row, "verb")).Distinct().ShouldBe(["loop", "apply", "applyAsync"]);
        rows.Except(parts).ShouldAllBe(row => !Has(row, "of"));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Sleep_is_faster_with_more_workers_and_tells_no_values()
    {
        var rows = await RowsAsync("sleep", "--size", "12", "--milliseconds", "30", "--pool", "threads:4");

        rows.Select(row => Text(row, "verb")).ShouldBe(["loop", "map", "mapAsync"]);
        rows.ShouldAllBe(row => !Has(row, "values") && row.GetProperty("identical").GetBoolean());
        rows[0].GetProperty("seconds").GetDouble().ShouldBeGreaterThan(12 * 0.029);
        // Three rounds of 30 ms on four sleepers; the rest is for a machine that is busy with other things.
        rows[1].GetProperty("speedup").GetDouble().ShouldBeGreaterThan(1.2);
    }

    [Fact]
    public async Task The_schema_comes_first_and_the_seed_is_told()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "compare", "sleep", "--size", "1", "--milliseconds", "1", "--pool", "serial", "--seed", "7", "--json");

        var json = JsonDocument.Parse(run.Output).RootElement;
        json.EnumerateObject().Select(field => field.Name).ShouldBe(["schema", "seed", "rows"]);
        json.GetProperty("schema").GetInt32().ShouldBe(1);
        json.GetProperty("seed").GetInt32().ShouldBe(7);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Text_is_plain_where_it_is_piped()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "compare", "count", "--size", "2500", "--pool", "threads:2");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        foreach (var expected in new[] { "count: 2500 rows of 5 values 0 to 9, those in 4 to 8 of each row", "count: 2500 rows of 6 values", "loop", "starMapAsync", "threads:2", "the first 2000 of the 2500 rows" })
            run.Output.ShouldContain(expected);
        run.Output.ShouldNotContain('\u001b');
    }

    [Theory]
    [InlineData("workload fly: expected one of count, sleep", "fly")]
    [InlineData("'workload'")]
    [InlineData("--size 0: expected a whole number from 1 to 2147483647", "count", "--size", "0")]
    [InlineData("--size few: expected a whole number from 1 to 2147483647", "count", "--size", "few")]
    [InlineData("--milliseconds 0: expected a whole number from 1", "sleep", "--milliseconds", "0")]
    [InlineData("--seed -1: expected a whole number from 0", "count", "--seed", "-1")]
    [InlineData("--pool gpu: expected one of serial, serial:strict, auto", "count", "--pool", "gpu")]
    [InlineData("--pool threads:0: expected one of serial", "count", "--pool", "threads:0")]
    public async Task Wrong_use_is_exit_code_2_with_the_valid_values(string expected, params string[] arguments)
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, ["compare", .. arguments]);

        run.ExitCode.ShouldBe(2, run.Error);
        run.Output.ShouldBeEmpty();
        var line = run.ErrorLines.ShouldHaveSingleItem();
        line.ShouldContain(expected);
        line.ShouldContain("shoal compare --help");
    }

    [SkippableFact]
    public async Task Interrupt_while_the_loop_sleeps_ends_the_program()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        using var shoal = ShoalProcess.Start(folder, "compare", "sleep", "--size", "1", "--milliseconds", "600000", "--pool", "serial");
        await shoal.UntilAsync(() => shoal.Output.Contains("sleep: 1 items", StringComparison.Ordinal), "the title");

        await IsGoneAsync(shoal);
    }

    [SkippableFact]
    public async Task Interrupt_while_every_row_is_a_call_leaves_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), LinuxOnly);
        using var folder = new TestFolder();
        using var shoal = ShoalProcess.Start(folder, "compare", "count", "--pool", "processes:2");
        await shoal.UntilAsync(() => shoal.Workers().Any(worker => ShoalProcess.ProcessorTime(worker) > TimeSpan.FromSeconds(0.6)), "a worker at work");

        await IsGoneAsync(shoal);
    }

    private static async Task<JsonElement[]> RowsAsync(params string[] arguments)
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, ["compare", .. arguments, "--json"]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        return [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("rows").EnumerateArray()];
    }

    private static async Task IsGoneAsync(ShoalProcess shoal)
    {
        var clock = Stopwatch.StartNew();
        shoal.Signal(ShoalProcess.SigInt);
        var run = await shoal.EndAsync();

        clock.Elapsed.ShouldBeLessThan(Gone);
        run.ExitCode.ShouldBe(130, run.Error);
        run.ErrorLines.ShouldHaveSingleItem().ShouldBe("shoal compare: interrupted.");
        clock.Restart();
        while (shoal.Workers().Count > 0 && clock.Elapsed < Gone)
            await Task.Delay(20);
        shoal.Workers().ShouldBeEmpty();
    }

    private static string Text(JsonElement row, string field) => row.GetProperty(field).GetString()!;

    private static bool Has(JsonElement row, string field) => row.TryGetProperty(field, out _);
}
