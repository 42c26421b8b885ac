using System.Runtime.InteropServices;

namespace Shoal.Sharing;

/// <summary>The beginning of each segment, in a page of its own before the data.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SegmentHeader
{
    /// <summary>Bytes before the data: a page, so that the data starts as aligned as anything can ask.</summary>
    public const int Size = 4096;

    /// <summary>"SHOAL", and the version of this layout.</summary>
    public const ulong CurrentMagic = 0x0001_004c_414f_4853;

    public ulong Magic;

    public Guid Tag;

    public long Bytes;

    /// <summary>What the data is: who opens it says what is expected.</summary>
    public int Kind;

    /// <summary>Not 0 once its owner has disposed it.</summary>
    public int Closed;

    /// <summary>How often another process has opened it.</summary>
    public int Opened;
}
