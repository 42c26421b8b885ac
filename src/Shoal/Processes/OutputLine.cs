namespace Shoal.Processes;

/// <summary>A line that a worker wrote.</summary>
/// <param name="IsError">Whether to its standard error.</param>
/// <param name="Text">The line without its end.</param>
internal sealed record OutputLine(bool IsError, string Text);
