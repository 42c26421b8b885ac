namespace Shoal.Cli.Doctor;

/// <summary>What larger engines need. No pool of this version uses them: these checks say what is there, and how to get the rest.</summary>
internal static class EngineChecks
{
    private const string Later = "Not needed yet.";

    public static IReadOnlyList<Check> All { get; } =
    [
        new("mpi", false, Mpi),
        new("spark", false, _ => Spark()),
        new("java", false, Java),
        new("browser", false, Browser),
    ];

    private static Finding Mpi(CancellationToken cancel)
    {
        var launcher = OtherPrograms.Find("mpirun", "mpiexec");
        var library = OtherPrograms.FindLibrary("libmpi.so") ?? OtherPrograms.FindLibrary("libmpi.dylib");
        var parts = new[] { launcher is null ? null : OtherPrograms.Version(launcher, "--version", cancel), library };
        var missing = (launcher, library) switch
        {
            (null, null) => "neither mpirun nor libmpi was found",
            (null, _) => "mpirun is not on the path",
            (_, null) => "libmpi was not found",
            _ => null,
        };
        return new(missing is null, Joined(parts), missing is null ? null : $"{Later} {Capital(missing)}: install Open MPI or MPICH (Debian: apt-get install openmpi-bin libopenmpi-dev).");
    }

    private static Finding Spark()
    {
        var home = Environment.GetEnvironmentVariable("SPARK_HOME");
        var submit = home is { Length: > 0 } ? Path.Combine(home, "bin", "spark-submit") : OtherPrograms.Find("spark-submit");
        if (submit is null)
            return new(false, null, $"{Later} Unpack Spark from https://spark.apache.org/downloads.html and set SPARK_HOME to its folder.");
        if (!File.Exists(submit))
            return new(false, null, $"{Later} SPARK_HOME is {home}, where there is no bin/spark-submit: set it to the folder of Spark.");

        // Asking Spark would start a virtual machine: its version stands in the name of its core.
        var jars = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(submit)) ?? "", "jars");
        var core = Directory.Exists(jars) ? Directory.EnumerateFiles(jars, "spark-core_*.jar").Select(file => Path.GetFileNameWithoutExtension(file)).FirstOrDefault() : null;
        return new(true, core ?? submit);
    }

    private static Finding Java(CancellationToken cancel)
    {
        var home = Environment.GetEnvironmentVariable("JAVA_HOME");
        var java = home is { Length: > 0 } && File.Exists(Path.Combine(home, "bin", "java")) ? Path.Combine(home, "bin", "java") : OtherPrograms.Find("java");
        return java is null
            ? new(false, null, $"{Later} Spark runs on Java 17 or 21 (Debian: apt-get install openjdk-17-jre-headless).")
            : new(true, OtherPrograms.Version(java, "-version", cancel));
    }

    private static Finding Browser(CancellationToken cancel)
    {
        var browser = OtherPrograms.Find("chromium", "chromium-browser", "google-chrome", "microsoft-edge");
        return browser is null
            ? new(false, null, $"{Later} The tests of web pages will look at them with Chromium (Debian: apt-get install chromium).")
            : new(true, OtherPrograms.Version(browser, "--version", cancel));
    }

    private static string? Joined(IEnumerable<string?> parts) => string.Join(", ", parts.Where(part => part is not null)) is { Length: > 0 } text ? text : null;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
