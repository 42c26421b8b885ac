using Spectre.Console;

namespace Shoal.Cli.Digits;

/// <summary>Shows how far a pool is with the rows: a bar on a terminal, nothing elsewhere.</summary>
internal static class PredictionView
{
    /// <summary>Runs <paramref name="predict"/> with something to report to.</summary>
    public static PoolResult Watch(Screen screen, string spec, Func<IProgress<PoolProgress>?, PoolResult> predict)
    {
        if (screen.Live is not { } live)
            return predict(null);

        return live.Progress().AutoClear(true)
            .Columns(screen.Bar, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => predict(new Bar(context.AddTask($"predicting rows: {Markup.Escape(spec)}"))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => task.Value = value.Total is > 0 and { } total ? 100.0 * value.Finished / total : 0;
    }
}
