namespace Shoal.Processes;

/// <summary>A line that a worker wrote.</summary>
/// <param name="IsError">Whether to its standard error.</param>
/// <param name="Text">The line without its end.</param>
/// <param name="Label">Who wrote it, as it stands before the line; empty where that goes without saying.</param>
internal sealed record OutputLine(bool IsError, string Text, string Label = "");
