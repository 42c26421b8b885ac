using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Shoal.Cli.Tests;

/// <summary>The built program, run as a user runs it: arguments in; exit code, stdout and stderr out.</summary>
internal sealed class ShoalProcess : IDisposable
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private const string MarkVariable = "SHOAL_TEST_MARK";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");

    private ShoalProcess(TestFolder folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "Shoal.Cli.dll"), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("SHOAL_DATA");
        start.Environment["XDG_CACHE_HOME"] = folder.File("cache");
        start.Environment["SHOAL_DATA_URL"] = "http://127.0.0.1:1/";
        start.Environment[MarkVariable] = _mark;
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Error => Text(_error);

    public static ShoalProcess Start(TestFolder folder, params string[] arguments) => new(folder, arguments, null);

    /// <summary>Runs to the end.</summary>
    public static Task<Ran> RunAsync(TestFolder folder, params string[] arguments) => RunAsync(folder, null, arguments);

    public static async Task<Ran> RunAsync(TestFolder folder, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        using var process = new ShoalProcess(folder, arguments, environment);
        return await process.EndAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Ran> EndAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync().WaitAsync(limit ?? Limit);
        return new Ran(_process.ExitCode, Output, Error);
    }

    /// <summary>Polls until something holds; fails with what the program wrote.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.StartNew();
        while (!condition())
        {
            if (_process.HasExited || start.Elapsed > Limit)
                throw new InvalidOperationException($"Waited for {what}, but the program {(_process.HasExited ? "ended" : "went on without it")}. It wrote:\n{Output}\n{Error}");
            await Task.Delay(10);
        }
    }

    /// <summary>Sends a signal, by the system call: a bare system has no <c>kill</c> program.</summary>
    public void Signal(int signal, int? process = null) => Kill(process ?? Id, signal).ShouldBe(0);

    /// <summary>The processes that this program started and that are still there, by the mark in their environment.</summary>
    public IReadOnlyList<int> Workers()
    {
        var marked = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || id == Id)
                continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains(_mark, StringComparison.Ordinal))
                    marked.Add(id);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or it is another user's.
            }
        }

        return marked;
    }

    /// <summary>The processor time that a process has used.</summary>
    public static TimeSpan ProcessorTime(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}

/// <summary>A program that has ended.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of stderr.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
