using Shoal.Frames;

namespace Shoal.Cli.Digits;

/// <summary>Shows a download: a line of stderr that moves on a terminal, a line a file elsewhere.</summary>
internal sealed class DownloadView : IProgress<DownloadProgress>
{
    private string? _file;
    private long _shown;

    public void Report(DownloadProgress value)
    {
        var begins = value.File != _file;
        _file = value.File;
        if (Console.IsErrorRedirected)
        {
            if (begins)
                Console.Error.WriteLine($"Downloading {value.File}");
            return;
        }

        var kilobytes = value.ReceivedBytes / 1000;
        var complete = value.ReceivedBytes == value.TotalBytes;
        if (!begins && !complete && kilobytes - _shown < 100)
            return;
        _shown = kilobytes;
        var total = value.TotalBytes is { } bytes ? $" of {bytes / 1000}" : "";
        Console.Error.Write($"\rDownloading {value.File}: {kilobytes}{total} kB{(complete ? "\n" : "")}");
    }
}
