using System.Reflection;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>What a worker is told before its first batch: its number, the transport, the caller's culture, the entry assembly's build, and the initializer.</summary>
internal static class SetupFrame
{
    private const int NoRings = 0, Rings = 1;

    public static void Write(FrameBuffer output, int number, ProcessBackend backend, bool rings)
    {
        output.Clear();
        output.Begin(FrameKind.Setup);
        output.Int32(number);
        output.Int32(rings ? Rings : NoRings);
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
        int number = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[8..];
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
    public static bool HasRings(ReadOnlySpan<byte> setup) => System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(setup[4..]) == Rings;

    private static void CheckBuild(string entry, Guid build)
    {
        if (Assembly.Load(new AssemblyName(entry)).ManifestModule.ModuleVersionId != build)
            throw new ShoalException($"The worker runs another build of {entry}: the file changed since the program started. Start the program again.");
    }

    private static string Text(ref ReadOnlySpan<byte> rest)
    {
        string text = HelloFrame.ReadText(rest, out int read);
        rest = rest[read..];
        return text;
    }
}
