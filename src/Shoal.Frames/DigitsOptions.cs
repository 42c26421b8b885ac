namespace Shoal.Frames;

/// <summary>Where <see cref="Digits.LoadAsync"/> looks for the digits. The defaults follow the environment at the time when the options are made.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed record DigitsOptions
{
    /// <summary>The environment variable that names a folder of digits.</summary>
    public const string DataVariable = "SHOAL_DATA";

    /// <summary>The environment variable that replaces the address of the mirror.</summary>
    public const string MirrorVariable = "SHOAL_DATA_URL";

    /// <summary>The public mirror of the four MNIST files.</summary>
    public const string DefaultMirror = "https://ossci-datasets.s3.amazonaws.com/mnist/";

    /// <summary>The only folder to look in; it must hold all four files. Default: none.</summary>
    public string? Folder { get; init; }

    /// <summary>The folder to look in first where <see cref="Folder"/> is null. Default: <c>SHOAL_DATA</c>.</summary>
    public string? DataFolder { get; init; } = Environment.GetEnvironmentVariable(DataVariable);

    /// <summary>Where downloads are kept. Default: <c>shoal/mnist</c> in <c>XDG_CACHE_HOME</c>, else in the user's cache folder.</summary>
    public string CacheFolder { get; init; } = DefaultCacheFolder();

    /// <summary>The address of the folder to download from, by http or https. Default: <c>SHOAL_DATA_URL</c>, else <see cref="DefaultMirror"/>.</summary>
    public string Mirror { get; init; } = Environment.GetEnvironmentVariable(MirrorVariable) is { Length: > 0 } address ? address : DefaultMirror;

    /// <summary>How long the mirror may stay silent, before its first byte or between two. Default: 5 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told while a download goes on. Default: none.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>The seed of synthetic digits. Default: 0.</summary>
    public ulong SyntheticSeed { get; init; }

    /// <summary>The number of synthetic digits to train on. Default: 60,000.</summary>
    public int SyntheticTrain { get; init; } = 60_000;

    /// <summary>The number of synthetic digits to test on. Default: 10,000.</summary>
    public int SyntheticTest { get; init; } = 10_000;

    internal Uri MirrorAddress => new(Mirror.EndsWith('/') ? Mirror : Mirror + "/");

    internal void Validate()
    {
        var problems = new List<string>();
        if (Folder is { Length: 0 })
            problems.Add("Folder must name a folder (was empty)");
        if (CacheFolder.Length == 0)
            problems.Add("CacheFolder must name a folder (was empty)");
        if (!Uri.TryCreate(Mirror, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            problems.Add($"Mirror ({MirrorVariable}) must be an http or https address such as {DefaultMirror} (was {Mirror})");
        if (AnswerTimeout <= TimeSpan.Zero)
            problems.Add($"AnswerTimeout must be more than zero (was {AnswerTimeout})");
        if (SyntheticTrain < 1)
            problems.Add($"SyntheticTrain must be 1 or more (was {SyntheticTrain})");
        if (SyntheticTest < 1)
            problems.Add($"SyntheticTest must be 1 or more (was {SyntheticTest})");
        if (problems.Count > 0)
            throw new ArgumentException($"{nameof(DigitsOptions)} is not valid: {string.Join("; ", problems)}.");
    }

    private static string DefaultCacheFolder()
    {
        // The specification of XDG asks to ignore relative paths. LocalApplicationData is ~/.local/share on Linux, which is no cache.
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathRooted(cache))
        {
            cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(Home(), "Library", "Caches")
                : Path.Combine(Home(), ".cache");
        }

        return Path.Combine(cache, "shoal", "mnist");
    }

    private static string Home() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? home : Path.GetTempPath();
}
