using System.Buffers;
using System.Security.Cryptography;

namespace Shoal.Wire;

/// <summary>Takes bytes that are only wanted for their hash.</summary>
internal sealed class HashingWriter(IncrementalHash hash) : IBufferWriter<byte>
{
    private readonly byte[] _part = new byte[64 * 1024];

    public void Advance(int count) => hash.AppendData(_part, 0, count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _part;

    public Span<byte> GetSpan(int sizeHint = 0) => _part;
}
