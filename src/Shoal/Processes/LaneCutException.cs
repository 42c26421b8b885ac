namespace Shoal.Processes;

/// <summary>The other side ended in the middle of a large block.</summary>
internal sealed class LaneCutException() : Exception("The other side ended in the middle of a large array.");
