using System.Globalization;

namespace Shoal.Dispatch;

/// <summary>Writes the dispatcher's events and instructions, one a line: where the variable <c>SHOAL_TRACE</c> names a file, and where a simulation fails.</summary>
/// <remarks>
/// A line is the time in ticks of 100 ns, <c>&gt;</c> for an event or <c>&lt;</c> for an instruction, its name, and its arguments; 0 for what does not apply.
/// The file is appended to, and each line begins with the process. Used under the driver's lock.
/// </remarks>
internal sealed class DispatchTrace(Action<string> write)
{
    private const string Variable = "SHOAL_TRACE";
    private long _now;

    /// <summary>The trace that the environment asks for, or none.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static DispatchTrace? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path)
            return null;
        // Left open: the last lines of a program are those that count.
        var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var process = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} ");
        return new DispatchTrace(line => file.WriteLine(process + line));
    }

    public void Event(long now, string name, int worker = 0, int call = 0, long start = 0, long count = 0, Exception? error = null)
    {
        _now = now;
        write(string.Create(CultureInfo.InvariantCulture, $"{now} > {name} worker {worker} call {call} start {start} count {count}{Of(error)}"));
    }

    /// <summary>What the driver was told, at the time of the last event.</summary>
    public void Told(in Instruction next)
        => write(string.Create(
            CultureInfo.InvariantCulture,
            $"{_now} < {next.Kind} worker {next.Worker} call {next.Call} start {next.Start} count {next.Count} attempt {next.Attempt} batch {next.Batch}{Of(next.Error)}"));

    private static string Of(Exception? error) => error is null ? "" : $" {error.GetType().Name}";
}
