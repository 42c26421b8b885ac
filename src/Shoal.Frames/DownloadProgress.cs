namespace Shoal.Frames;

/// <summary>How far the download of one file is.</summary>
/// <param name="File">The file's name.</param>
/// <param name="ReceivedBytes">What has arrived of it.</param>
/// <param name="TotalBytes">Its size, where the mirror told it.</param>
public sealed record DownloadProgress(string File, long ReceivedBytes, long? TotalBytes);
