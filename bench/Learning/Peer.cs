using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Shoal.Bench.Learning;

/// <summary>Another program that answers one line (a rate by the wall and one by the processor) for each line it is asked, so that races alternate within seconds.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process? _process;

    private Peer(Process? process, string name) => (_process, Name) = (process, name);

    /// <summary>Its name and version, or why it is absent.</summary>
    public string Name { get; private set; }

    public bool Present { get; private init; }

    /// <summary>Starts it and waits for its first line; what is not installed is absent, with the reason as its name.</summary>
    public static Peer Start(string name, string program, IEnumerable<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" })
            start.Environment[variable] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        try
        {
            var process = Process.Start(start)!;
            if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
            {
                process.ErrorDataReceived += (_, _) => { };
                process.BeginErrorReadLine();
                return new(process, line[6..]) { Present = true };
            }

            var lines = process.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var reason = lines.LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "it printed nothing";
            process.Dispose();
            return new(null, $"{name} absent: {reason}");
        }
        catch (Win32Exception e)
        {
            return new(null, $"{name} absent: {e.Message}");
        }
    }

    /// <summary>Its answer, or null where it is absent or failed.</summary>
    public (double? Wall, double? Processor) Ask(string command)
    {
        if (!Present)
            return (null, null);
        _process!.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        var words = (_process.StandardOutput.ReadLine() ?? "error it ended").Split(' ');
        if (words.Length == 2 && double.TryParse(words[0], CultureInfo.InvariantCulture, out var wall) && double.TryParse(words[1], CultureInfo.InvariantCulture, out var processor))
            return (wall, processor);
        Console.Error.WriteLine($"{Name}: {command}: {string.Join(' ', words)}");
        return (null, null);
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
            _process.Kill();
        _process.Dispose();
    }
}
