namespace Shoal.Caching;

/// <summary>A folder of results: keeps it private, and within its limit by removing what was not used for the longest time. Thread-safe.</summary>
/// <remarks>
/// The time of an entry's last use is the file's time of change, which every hit renews. Several programs may use and sweep the folder at once: a file that another one removed is no error.
/// </remarks>
internal sealed class CacheFolder
{
    // Sweeping lists the whole folder: it is done once, and again when this part of the limit has been written.
    private const int SweepsInLimit = 16;

    // After a sweep there is room for the next ones.
    private const double KeptAtSweep = 0.9;

    // What a writer that was killed left behind.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly long _limit;
    private long _written;
    private bool _swept;

    /// <summary>Makes the folder where it is not there.</summary>
    /// <exception cref="ArgumentException">Others may write to it.</exception>
    /// <exception cref="ShoalException">It cannot be made or written to.</exception>
    public CacheFolder(CacheOptions options)
    {
        Path = System.IO.Path.GetFullPath(options.Folder);
        _limit = options.LimitInBytes;
        try
        {
            CacheFile.CreateFolder(Path);
            var probe = System.IO.Path.Combine(Path, $"{Guid.NewGuid():N}{CacheFile.Unfinished}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShoalException($"The folder {Path} cannot keep results: {error.Message} Name another one in CacheOptions.Folder.", error);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new ArgumentException($"Others may write to the folder {Path}, and so decide what calls return. Name a folder of your own in CacheOptions.Folder, or take the right away: chmod go-w.");
    }

    public string Path { get; }

    /// <summary>An entry was used.</summary>
    public void Used(Digest key)
    {
        try
        {
            File.SetLastWriteTimeUtc(CacheFile.PathOf(Path, key), TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It was removed between the reading and now.
        }
    }

    /// <summary>Entries of this size were written.</summary>
    public void Written(long bytes)
    {
        lock (_gate)
        {
            _written += bytes;
            if (_swept && _written < _limit / SweepsInLimit)
                return;
            (_swept, _written) = (true, 0);
            Sweep();
        }
    }

    private void Sweep()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var entries = new List<(FileInfo File, DateTime Used, long Length)>();
        foreach (var file in new DirectoryInfo(Path).EnumerateDirectories().Where(IsOurs).SelectMany(folder => folder.EnumerateFiles()))
        {
            if (file.Name.EndsWith(CacheFile.Unfinished, StringComparison.Ordinal) && now - file.LastWriteTimeUtc > Abandoned)
                CacheFile.Remove(file.FullName);
            else if (file.Name.EndsWith(CacheFile.Ending, StringComparison.Ordinal) && file.Exists)
                entries.Add((file, file.LastWriteTimeUtc, file.Length));
        }

        var total = entries.Sum(entry => entry.Length);
        if (total <= _limit)
            return;
        foreach (var (file, _, length) in entries.OrderBy(entry => entry.Used))
        {
            CacheFile.Remove(file.FullName);
            total -= length;
            if (total <= _limit * KeptAtSweep)
                return;
        }
    }

    // Nothing else is touched, should the folder hold other things.
    private static bool IsOurs(DirectoryInfo folder) => folder.Name.Length == 2 && folder.Name.All(char.IsAsciiHexDigitLower);
}
