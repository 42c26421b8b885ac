using System.CommandLine;

namespace Shoal.Cli.Compare;

/// <summary><c>shoal compare</c>: its options.</summary>
internal static class CompareCommand
{
    private static readonly string[] DefaultPools = ["serial", "auto", "threads", "processes"];

    public static Command Create()
    {
        var names = string.Join(", ", Workloads.Names);
        var workload = new Argument<string>("workload")
        {
            Description = $"What to run: {names}",
            CustomParser = result =>
            {
                var name = result.Tokens[0].Value;
                if (!Workloads.Names.Contains(name))
                    result.AddError($"workload {name}: expected one of {names}");
                return name;
            },
        };
        var pool = new Option<string[]>("--pool")
        {
            Description = $"A pool to compare: {PoolSpecs.Valid}; may repeat. The plain loop always runs first.",
            HelpName = "spec",
            CustomParser = PoolSpecs.Parse,
            DefaultValueFactory = _ => DefaultPools,
        };
        var size = NumberOption.CreateOptional("--size", 1, "Rows to count (in place of 200000 of 5 values and 300000 of 6), or items that sleep (64)");
        var milliseconds = NumberOption.Create("--milliseconds", 20, 1, "How long an item of sleep sleeps");
        var seed = NumberOption.Create("--seed", 1UL, 0UL, "The seed of the rows");
        var json = new Option<bool>("--json") { Description = "Write one JSON document to stdout and nothing else" };
        var verbose = new Option<bool>(CommandLine.VerboseOption) { Description = "Say where each pool's time went; add the stack to an error" };

        var command = new Command("compare", """
            Run the same work as a plain loop and then, by every verb, with every pool:
            the same results, how long each takes, and what that is against the loop.
            Times are medians of warm runs, measured in turn.

            Example:
              shoal compare count --pool auto --pool threads:2 --pool processes:2
              shoal compare sleep --size 100 --milliseconds 10 --json
            """)
        {
            workload, pool, size, milliseconds, seed, json, verbose,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(CompareRun.Run(new CompareSettings
        {
            Workload = parsed.GetValue(workload)!,
            Pools = parsed.GetValue(pool)!,
            Size = parsed.GetValue(size),
            Milliseconds = parsed.GetValue(milliseconds),
            Seed = parsed.GetValue(seed),
            Json = parsed.GetValue(json),
            Verbose = parsed.GetValue(verbose),
        }, cancel)));
        return command;
    }
}
