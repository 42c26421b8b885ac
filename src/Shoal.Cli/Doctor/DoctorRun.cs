using System.Globalization;

namespace Shoal.Cli.Doctor;

/// <summary><c>shoal doctor</c>: asks the machine, one question after the other.</summary>
internal static class DoctorRun
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 where all is there that the pool needs.</returns>
    public static int Run(bool json, CancellationToken cancel)
    {
        var screen = new Screen(json);
        var machine = MachineChecks.Machine;
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"{machine.Cores} cores, {machine.Memory / 1_000_000} MB, vectors of {machine.Vector} bits"));
        screen.Line();

        var checks = new List<CheckResult>();
        foreach (var check in MachineChecks.All.Concat(PoolChecks.All).Concat(EngineChecks.All))
        {
            var result = check.Run(cancel);
            checks.Add(result);
            screen.Line($"{Mark(result),-8} {result.Name,-17} {result.Version}".TrimEnd());
            if (result.Advice is { } advice)
                screen.Line($"{"",-8} {"",-17} {advice}");
        }

        var missing = checks.Where(check => check is { Required: true, Ok: false }).Select(check => check.Name).ToArray();
        screen.Line();
        screen.Line(missing.Length == 0 ? "This machine runs every pool of this version: serial, auto, threads, processes." : $"For worker processes something is missing: {string.Join(", ", missing)}. Threads work.");
        if (json)
            JsonOutput.Write(new DoctorResult(machine, checks));
        return missing.Length == 0 ? 0 : Failure.Failed;
    }

    private static string Mark(CheckResult check) => check switch
    {
        { Ok: true } => "ok",
        { Required: true } => "MISSING",
        _ => "-",
    };
}
