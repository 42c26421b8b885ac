namespace Shoal.Sharing;

/// <summary>What another process needs to open a segment: 32 bytes that travel as they are.</summary>
/// <param name="ProcessId">A process that holds the segment open.</param>
/// <param name="Descriptor">Its descriptor there.</param>
/// <param name="Bytes">The size of the data, without the header.</param>
/// <param name="Tag">Random; also in the segment's header. What lies under a number that was used again is not taken for the segment.</param>
internal readonly record struct SegmentHandle(int ProcessId, int Descriptor, long Bytes, Guid Tag)
{
    /// <summary>Where the segment is opened.</summary>
    public string Path => $"/proc/{ProcessId}/fd/{Descriptor}";
}
