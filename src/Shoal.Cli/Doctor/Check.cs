namespace Shoal.Cli.Doctor;

/// <summary>A question to the machine.</summary>
/// <param name="Name">What is looked at.</param>
/// <param name="Required">Whether the pool needs it.</param>
/// <param name="Look">Looks; what it throws is the finding.</param>
internal sealed record Check(string Name, bool Required, Func<CancellationToken, Finding> Look)
{
    public CheckResult Run(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            var found = Look(cancel);
            return new CheckResult(Name, found.Ok, Required, found.Version, found.Advice);
        }
#pragma warning disable CA1031 // A question that cannot be asked is an answer, and the next one is asked.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new CheckResult(Name, false, Required, null, error.Message.ReplaceLineEndings(" "));
        }
    }
}

/// <summary>The answer.</summary>
/// <param name="Ok">Whether it is as the program can use it.</param>
/// <param name="Version">What is there.</param>
/// <param name="Advice">What to do, or to know.</param>
internal sealed record Finding(bool Ok, string? Version, string? Advice = null);
