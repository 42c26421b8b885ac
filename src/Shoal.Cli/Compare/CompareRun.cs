using System.Globalization;
using Spectre.Console;

namespace Shoal.Cli.Compare;

/// <summary><c>shoal compare</c>: measures a workload with every pool, and shows the outcome.</summary>
internal static class CompareRun
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(CompareSettings settings, CancellationToken cancel)
    {
        var screen = new Screen(settings.Json);
        var all = new List<CompareRow>();
        foreach (var workload in Workloads.Create(settings))
        {
            screen.Line(workload.Title);
            var explanations = new List<string>();
            var rows = Watch(screen, progress => Race.Run(workload, settings.Pools, explanations.Add, progress, cancel));
            Show(screen, rows);
            foreach (var explanation in settings.Verbose ? explanations : [])
                screen.Line(explanation);
            all.AddRange(rows);
        }

        foreach (var row in all.Where(row => !row.Identical))
            screen.Remark($"{row.Pool}, {row.Verb}: the results are not those of the plain loop, which is a defect of Shoal. Please report it with this machine's processor.");
        if (settings.Json)
            JsonOutput.Write(new CompareResult(settings.Seed, all));
        return all.All(row => row.Identical) ? 0 : Failure.Failed;
    }

    private static void Show(Screen screen, IReadOnlyList<CompareRow> rows)
    {
        screen.Show(CompareTable.Create(rows));
        if (rows.FirstOrDefault(row => row.Of is not null) is { } part)
        {
            screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"A call for each row was measured on the first {part.Size} of the {part.Of} rows, beside the loop over the same {part.Size}."));
            screen.Line();
        }
    }

    /// <summary>Shows what is being measured: a bar on a terminal, nothing elsewhere.</summary>
    private static T Watch<T>(Screen screen, Func<Action<string, double>, T> work)
    {
        if (screen.Live is not { } live)
            return work(static (_, _) => { });

        return live.Progress().AutoClear(true)
            .Columns(screen.Bar, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting", maxValue: 1);
                return work((what, done) =>
                {
                    task.Description = Markup.Escape(what);
                    task.Value = done;
                });
            });
    }
}
