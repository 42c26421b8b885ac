using System.Globalization;
using System.Runtime.InteropServices;
using Shoal.Processes;

namespace Shoal.Sharing;

/// <summary>The file behind a segment: a sealed memory file; where the system has none, one in <c>/dev/shm</c> or the temporary folder that loses its name at once.</summary>
/// <remarks>Also a file without a name is opened through <c>/proc/&lt;pid&gt;/fd</c>: no kind of them is ever left behind.</remarks>
internal static class SegmentFile
{
    private const string Prefix = "shoal-";
    private const string Label = "shoal";
    private const string Memory = "/memfd:" + Label;
    private const int Sealed = SharedMemory.SealSeal | SharedMemory.SealShrink | SharedMemory.SealGrow;

    /// <summary>Where files go when memory files are refused, in order.</summary>
    public static string[] Folders => ["/dev/shm", Path.GetTempPath()];

    /// <summary>A new file of this size.</summary>
    /// <exception cref="ShoalException">Nothing of the kind can be made.</exception>
    public static int Create(long size, string what)
    {
        var descriptor = SharedMemory.CreateMemoryFile(Label);
        if (descriptor < 0)
            return CreateIn(Folders, size, what, $"memory file: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (SharedMemory.SetSize(descriptor, size) && SharedMemory.Seal(descriptor))
            return descriptor;
        var error = Marshal.GetLastPInvokeError();
        _ = Posix.Close(descriptor);
        throw Refused(what, size, $"memory file: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>A new file of this size in the first folder that takes it.</summary>
    public static int CreateIn(IReadOnlyList<string> folders, long size, string what, string reasons)
    {
        foreach (var folder in folders)
        {
            var path = Path.Combine(folder, Prefix + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
            var descriptor = SharedMemory.CreateNamelessFile(path);
            var error = Marshal.GetLastPInvokeError();
            if (descriptor >= 0)
            {
                error = SharedMemory.Reserve(descriptor, size);
                if (error == 0)
                    return descriptor;
                _ = Posix.Close(descriptor);
            }

            reasons += $"; {folder}: {Marshal.GetPInvokeErrorMessage(error)}";
        }

        throw Refused(what, size, reasons);
    }

    /// <summary>Opens the file of another process; −1, and why, where it is not there or not such a file.</summary>
    public static int Open(SegmentHandle handle, long size, out string problem)
    {
        // Looked at before it is opened: a number that was used again may stand for a device, and opening one can do something.
        var target = SharedMemory.ReadLink(handle.Path);
        if (target is null)
        {
            problem = ProblemOf(Marshal.GetLastPInvokeError(), handle);
            return -1;
        }

        var isMemory = target.StartsWith(Memory, StringComparison.Ordinal);
        if (!isMemory && !Path.GetFileName(target).StartsWith(Prefix, StringComparison.Ordinal))
        {
            problem = "its process has closed it";
            return -1;
        }

        var descriptor = SharedMemory.OpenFile(handle.Path);
        if (descriptor < 0)
        {
            problem = ProblemOf(Marshal.GetLastPInvokeError(), handle);
            return -1;
        }

        // A file that shrinks under its mapping ends whoever reads it: that is what the seals are for.
        problem = SharedMemory.SizeOf(descriptor) != size ? "its size is another one"
            : isMemory && (SharedMemory.SealsOf(descriptor) & Sealed) != Sealed ? "its size is not sealed" : "";
        if (problem.Length == 0)
            return descriptor;
        _ = Posix.Close(descriptor);
        return -1;
    }

    private static string ProblemOf(int error, SegmentHandle handle) => error switch
    {
        SharedMemory.NoEntry when Directory.Exists($"/proc/{handle.ProcessId}") => "its process has closed it",
        SharedMemory.NoEntry => $"its process {handle.ProcessId} is gone",
        SharedMemory.Denied or SharedMemory.NotPermitted => "the system does not let this process open it; both must run as the same user, with /proc mounted",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    private static ShoalException Refused(string what, long size, string why) =>
        new($"{what} cannot be made: {size} bytes of shared memory were refused ({why}). Make it smaller, or check the limits of the container and `ulimit -n`.");
}
