using System.Buffers;
using Shoal.Wire;

namespace Shoal.Tests.Wire;

/// <summary>One message, written and read in this process into a fresh graph.</summary>
internal static class Trip
{
    public static byte[] Bytes<T>(T value, string name = "value")
    {
        var output = new ArrayBufferWriter<byte>();
        WireFormat.Write(output, value, name);
        return output.WrittenSpan.ToArray();
    }

    public static T Of<T>(T value) => WireFormat.Read<T>(Bytes(value));

    public static Exception OfError(Exception error)
    {
        var output = new ArrayBufferWriter<byte>();
        WireFormat.WriteError(output, error);
        return WireFormat.ReadError(output.WrittenMemory);
    }

    public static string Refusal<T>(T value, string name = "row") => Should.Throw<ArgumentException>(() => Bytes(value, name)).Message;
}
