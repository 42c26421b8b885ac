using System.Buffers.Binary;
using System.Text;
using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>The first thing that a worker says. Its layout never changes, so that two builds can tell each other apart.</summary>
internal static class HelloFrame
{
    private static Guid Build => typeof(HelloFrame).Module.ModuleVersionId;

    public static void Write(FrameBuffer output)
    {
        output.Begin(FrameKind.Hello);
        output.Int32(Environment.ProcessId);
        output.Int32(WireFormat.Version);
        _ = Build.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
        output.Text(Environment.Version.ToString());
        output.End();
    }

    /// <exception cref="ShoalException">The worker is not this program on this runtime.</exception>
    public static void Check(Frame hello, int process)
    {
        if (hello.Kind != FrameKind.Hello || hello.Body.Length < 28)
            throw new ShoalException($"It did not greet as a worker does (frame of kind {hello.Kind}): does another program run under its name?");
        ReadOnlySpan<byte> body = hello.Body.Span;
        var runtime = ReadText(body[24..], out _);
        if (hello.Int32(0) != process)
            throw new ShoalException($"Process {hello.Int32(0)} answered where process {process} was started: a wrapper program starts another one. Start the program itself.");
        if (hello.Int32(4) != WireFormat.Version || new Guid(body.Slice(8, 16)) != Build)
            throw new ShoalException($"It runs another build of Shoal (wire version {hello.Int32(4)}, here {WireFormat.Version}): the program's files changed since it started. Start the program again.");
        if (runtime != Environment.Version.ToString())
            throw new ShoalException($"It runs .NET {runtime}, and this process .NET {Environment.Version}: the runtime changed since the program started. Start the program again.");
    }

    /// <summary>Reads what <see cref="FrameBuffer.Text"/> wrote.</summary>
    public static string ReadText(ReadOnlySpan<byte> bytes, out int read)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        read = 4 + length;
        return Encoding.UTF8.GetString(bytes.Slice(4, length));
    }
}
