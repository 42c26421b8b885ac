using System.Globalization;

namespace Shoal.Sharing;

/// <summary>A process for as long as the machine runs: its number alone may be given to another one.</summary>
/// <param name="Id">The number.</param>
/// <param name="Start">When it started, in clock ticks since the machine did; 0 where that is not known.</param>
internal readonly record struct ProcessIdentity(int Id, long Start)
{
    private static readonly Lazy<ProcessIdentity> Own = new(() => new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0));

    /// <summary>This process.</summary>
    public static ProcessIdentity Current => Own.Value;

    /// <summary>Whether it still runs. A process that is dead but not yet reaped does not.</summary>
    public bool IsAlive => StartOf(Id) is { } start && (Start == 0 || Start == start);

    // /proc/<pid>/stat: "1234 (any name) S 1 …", the start is field 22.
    private static long? StartOf(int process)
    {
        const int state = 0, start = 19; // counted from the first field after the name
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[state] is "Z" or "X" ? null : long.Parse(fields[start], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
