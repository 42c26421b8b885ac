namespace Shoal.Sharing;

/// <summary>What a segment holds; part of its header.</summary>
internal static class SegmentKind
{
    public const int Array = 1, Counter = 2, Lock = 3, Semaphore = 4, Event = 5, Barrier = 6, Queue = 7, Pipe = 8;
}
