using System.Buffers.Text;

namespace Shoal.Processes;

/// <summary>How much memory a process uses: what of it is resident, without memory that it shares with others, such as a <see cref="SharedArray{T}"/>.</summary>
internal static class ProcessMemory
{
    // The longest line of /proc/<pid>/statm has seven numbers.
    private const int LongestLine = 256;

    /// <summary>What a process uses, where that is more than a limit; none where it is not, or the process is gone.</summary>
    public static long? Above(int process, long limit)
    {
        try
        {
            // All that is resident stands in a line that the system writes quickly; what of it is shared takes ten times as long to ask.
            return Resident(process) is var resident && resident > limit && resident - Shared(process) is var used && used > limit ? used : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Resident(int process)
    {
        using var file = File.OpenHandle($"/proc/{process}/statm");
        Span<byte> line = stackalloc byte[LongestLine];
        line = line[..RandomAccess.Read(file, line, 0)];
        line = line[(line.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(line, out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }

    private static long Shared(int process) => ProcFile.Bytes($"/proc/{process}/status", "RssShmem:");
}
