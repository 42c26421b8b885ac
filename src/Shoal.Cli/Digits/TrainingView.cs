using System.Globalization;
using Shoal.Learning;
using Spectre.Console;

namespace Shoal.Cli.Digits;

/// <summary>Shows how training goes: a bar on a terminal, a line an epoch elsewhere.</summary>
internal static class TrainingView
{
    /// <summary>Runs <paramref name="fit"/> with options that report to the screen.</summary>
    public static History Watch(Screen screen, FitOptions options, Func<FitOptions, History> fit)
    {
        if (screen.Live is not { } live)
            return fit(options with { EpochEnd = epoch => screen.Line(Describe(epoch, options.Epochs)) });

        var history = live.Progress().AutoClear(true)
            .Columns(screen.Bar, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting", maxValue: options.Epochs * (double)(options.StepsPerEpoch ?? 1));
                return fit(options with
                {
                    Progress = step =>
                    {
                        task.Description = Describe(step);
                        task.Increment(1);
                    },
                });
            });
        foreach (var epoch in history.Epochs)
            screen.Line(Describe(epoch, options.Epochs));
        return history;
    }

    private static string Describe(TrainingProgress step) => string.Create(CultureInfo.InvariantCulture,
        $"{step.Epoch}/{step.Epochs}  loss {step.Loss:0.000}  accuracy {step.Accuracy:0.000}  {step.ImagesPerSecond:0} images/s  {step.Remaining.TotalSeconds:0} s left");

    private static string Describe(EpochResult epoch, int epochs) => string.Create(CultureInfo.InvariantCulture,
        $"Epoch {epoch.Epoch}/{epochs}  loss {epoch.Loss:0.0000}  accuracy {epoch.Accuracy:0.0000}  validation accuracy {epoch.ValidationAccuracy:0.0000}  {epoch.ImagesPerSecond:0} images/s  {epoch.Seconds:0.0} s");
}
