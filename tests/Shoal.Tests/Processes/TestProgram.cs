using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Shoal.Tests.Processes;

/// <summary>A console program of <c>tests/programs</c>, built in a temporary folder outside the repository as a user's would be.</summary>
internal sealed class TestProgram : IDisposable
{
    private const string TagVariable = "SHOAL_TEST_TAG";
    private readonly string _tag = Guid.NewGuid().ToString("N");

    public TestProgram(string name)
    {
        Name = name;
        Folder = Directory.CreateTempSubdirectory("shoal-program-").FullName;
        var shoal = Path.Combine(AppContext.BaseDirectory, "Shoal.dll");
        Project = Directory.CreateDirectory(Path.Combine(Folder, "project")).FullName;
        File.Copy(Path.Combine(Repository, "tests", "programs", name, name + ".cs"), Path.Combine(Project, name + ".cs"));
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"), $"""
            <Project><ItemGroup><Reference Include="Shoal"><HintPath>{shoal}</HintPath></Reference></ItemGroup></Project>
            """);
        File.WriteAllText(Path.Combine(Project, name + ".csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <EnableSingleFileAnalyzer>false</EnableSingleFileAnalyzer>
              </PropertyGroup>
            </Project>
            """);
    }

    public string Name { get; }

    /// <summary>A folder for everything; what is built in it refers to Shoal.</summary>
    public string Folder { get; }

    /// <summary>Where its source and project are.</summary>
    public string Project { get; }

    public static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Shoal.slnx")))
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Shoal.slnx is not above the tests.");
            return folder;
        }
    }

    /// <summary>Builds or publishes it; the answer is the output folder.</summary>
    public string Dotnet(string verb, params string[] arguments)
    {
        var output = Path.Combine(Folder, "out-" + Path.GetRandomFileName());
        Outcome outcome = Run("dotnet", [verb, Path.Combine(Project, Name + ".csproj"), "-c", "Release", "-o", output, "-v", "quiet", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", .. arguments]);
        SkipWithoutPackages(outcome);
        outcome.ExitCode.ShouldBe(0, outcome.Text);
        return output;
    }

    /// <summary>A pack that this machine cannot get is no fault of the program.</summary>
    public static void SkipWithoutPackages(Outcome outcome) =>
        Skip.If(outcome.Text.Contains("NU1101") || outcome.Text.Contains("NU1102") || outcome.Text.Contains("NU1301"), "a package of the SDK cannot be restored here: " + outcome.Text.Split('\n')[0]);

    /// <summary>Starts a program in the folder.</summary>
    public Process Start(string file, params string[] arguments) => Start(file, arguments, []);

    /// <summary>Runs a program in the folder until it ends.</summary>
    public Outcome Run(string file, IReadOnlyList<string> arguments, params (string Name, string Value)[] variables)
    {
        using Process process = Start(file, arguments, variables);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end within 4 minutes.");
        }
        Task.WaitAll(output, error);
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The processes that this program, or anything that it started, still has.</summary>
    public List<int> Left()
    {
        List<int> left = [];
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out var process) && File.ReadAllText(folder + "/environ").Contains(_tag) && TestBackend.IsAlive(process))
                    left.Add(process);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or belongs to somebody else.
            }
        }
        return left;
    }

    /// <summary>Waits until nothing is left.</summary>
    public bool NothingLeftWithin(TimeSpan limit) => SpinWait.SpinUntil(() => Left().Count == 0, limit);

    public void Dispose()
    {
        foreach (var process in Left())
            _ = Shoal.Processes.Posix.Kill(process, 9);
        Directory.Delete(Folder, recursive: true);
    }

    private Process Start(string file, IReadOnlyList<string> arguments, (string Name, string Value)[] variables)
    {
        ProcessStartInfo start = new(file, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // A test run started by MSBuild hands its own settings down, which a build of another program must not see.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment[TagVariable] = _tag;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach ((var name, var value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The identifier for which this machine publishes.</summary>
    public static string RuntimeIdentifier => RuntimeInformation.RuntimeIdentifier;

    /// <summary>How a program ended.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        public string Text => Output + Error;
    }
}
