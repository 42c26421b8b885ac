using System.CommandLine;

namespace Shoal.Cli.Doctor;

/// <summary><c>shoal doctor</c>: its options.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON document to stdout and nothing else" };
        var verbose = new Option<bool>(CommandLine.VerboseOption) { Description = "Add the stack to an error" };
        var command = new Command("doctor", """
            Say what this machine can run, and how to get the rest. Starts one worker process to see that it can.
            The exit code is 0 where all is there that the pools of this version need.

            Example:
              shoal doctor
              shoal doctor --json
            """)
        {
            json, verbose,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(DoctorRun.Run(parsed.GetValue(json), cancel)));
        return command;
    }
}
