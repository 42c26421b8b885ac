using System.Buffers.Binary;
using System.Reflection;
using Shoal.Sharing;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>What a worker is told before its first batch: its number, the transport, the caller's culture, the entry assembly's build, and the initializer.</summary>
internal static class SetupFrame
{
    // Number, descriptor of the rings, limit of memory, depth, whether it nests, the pool's process: then come texts.
    private const int HeadBytes = 28;

    /// <param name="output">Is sent to the worker.</param>
    /// <param name="number">The worker's.</param>
    /// <param name="backend">The pool's.</param>
    /// <param name="rings">The descriptor of the memory with rings in this process; −1 where there is none.</param>
    public static void Write(FrameBuffer output, int number, ProcessBackend backend, int rings)
    {
        output.Clear();
        output.Begin(FrameKind.Setup);
        output.Int32(number);
        output.Int32(rings);
        output.Int64(backend.Options.MemoryLimit ?? 0);
        output.Int32(backend.Depth);
        output.Int32(backend.Options.Nested ? 1 : 0);
        output.Int32(Environment.ProcessId);
        output.Text(backend.Cultures.Culture);
        output.Text(backend.Cultures.UICulture);
        output.Text(backend.Entry?.FullName ?? "");
        _ = (backend.Entry?.ManifestModule.ModuleVersionId ?? default).TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
        System.Buffers.BuffersExtensions.Write(output, backend.Initializer.WrittenSpan);
        output.End();
    }

    /// <summary>Makes the worker so, and runs the initializer.</summary>
    /// <returns>The worker's number.</returns>
    public static int Apply(ReadOnlyMemory<byte> setup)
    {
        ReadOnlySpan<byte> rest = setup.Span;
        var number = BinaryPrimitives.ReadInt32LittleEndian(rest);
        WorkerProcess.Depth = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
        WorkerProcess.Nests = BinaryPrimitives.ReadInt32LittleEndian(rest[20..]) == 1;
        rest = rest[HeadBytes..];
        string culture = Text(ref rest), uiCulture = Text(ref rest), entry = Text(ref rest);
        Guid build = new(rest[..16]);
        rest = rest[16..];

        new ChosenCultures(culture, uiCulture).Apply();
        if (entry.Length > 0)
            CheckBuild(entry, build);
        if (rest.Length > 0)
            WireFormat.Read<Action>(setup[^rest.Length..])();
        return number;
    }

    /// <summary>Whether the worker has inherited memory with rings.</summary>
    public static bool HasRings(ReadOnlySpan<byte> setup) => BinaryPrimitives.ReadInt32LittleEndian(setup[4..]) >= 0;

    /// <summary>Whether the system lets the worker open files of the pool's process, as it does unless <c>/proc</c> is hidden: tried with the file of the rings.</summary>
    public static bool OpensFiles(ReadOnlySpan<byte> setup)
    {
        (var rings, var process) = (BinaryPrimitives.ReadInt32LittleEndian(setup[4..]), BinaryPrimitives.ReadInt32LittleEndian(setup[24..]));
        var descriptor = SharedMemory.OpenFile(new SegmentHandle(process, rings, 0, default).Path);
        if (descriptor >= 0)
            _ = Posix.Close(descriptor);
        return descriptor >= 0;
    }

    /// <summary>How much memory the worker may use; 0 for as much as there is.</summary>
    public static long MemoryLimitOf(ReadOnlySpan<byte> setup) => BinaryPrimitives.ReadInt64LittleEndian(setup[8..]);

    private static void CheckBuild(string entry, Guid build)
    {
        if (Assembly.Load(new AssemblyName(entry)).ManifestModule.ModuleVersionId != build)
            throw new ShoalException($"The worker runs another build of {entry}: the file changed since the program started. Start the program again.");
    }

    private static string Text(ref ReadOnlySpan<byte> rest)
    {
        var text = HelloFrame.ReadText(rest, out var read);
        rest = rest[read..];
        return text;
    }
}
