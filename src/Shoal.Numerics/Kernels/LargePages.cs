using System.Runtime.InteropServices;

namespace Shoal.Numerics.Kernels;

/// <summary>Asks Linux to back a large block with pages of 2 MB, so that strides over it do not miss the table of addresses. A wish: nothing depends on it.</summary>
internal static unsafe partial class LargePages
{
    /// <summary>Bytes of such a page.</summary>
    internal const nuint Size = 2 << 20;
    private const int WantLargePages = 14;

    /// <summary>The alignment that a block of so many bytes should have: a page's if it is large, else a cache line's.</summary>
    internal static nuint Alignment(nuint bytes) => bytes >= 2 * Size && OperatingSystem.IsLinux() ? Size : CpuStorage.Alignment;

    /// <summary>Wishes it for a fresh block, whose pages have not been touched.</summary>
    internal static void Wish(void* block, nuint bytes)
    {
        if (bytes >= 2 * Size && OperatingSystem.IsLinux())
            _ = Advise(block, bytes / Size * Size, WantLargePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Advise(void* start, nuint length, int advice);
}
