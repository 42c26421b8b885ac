namespace Shoal.Processes;

/// <summary>A value that one frame cannot hold.</summary>
internal sealed class FrameTooLongException(long length, long limit)
    : ShoalException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It needs {length:N0} bytes or more, and a worker takes at most {limit:N0} for one value. Split it into smaller items, or pass the name of a file."));
