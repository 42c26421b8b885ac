using System.Runtime.Intrinsics.X86;
using Shoal.Wire;

namespace Shoal.Tests.Wire;

public class ContentHashTests
{
    [Fact]
    public void Every_length_and_offset_has_one_value_with_and_without_vectors()
    {
        var bytes = new byte[4096];
        new Random(1).NextBytes(bytes);

        for (var length = 0; length <= 300; length++)
        {
            for (var offset = 0; offset < 9; offset++)
                Check(bytes.AsSpan(offset, length));
        }

        foreach (var length in new[] { 1023, 1024, 1025, 2047, 2048, 3000, 4096 })
            Check(bytes.AsSpan(0, length));

        static void Check(ReadOnlySpan<byte> part)
        {
            var plain = ContentHash.Part(part, vectors: false);
            if (Avx2.IsSupported)
                ContentHash.Part(part, vectors: true).ShouldBe(plain, $"{part.Length} bytes");
            ContentHash.Part(part.ToArray()).ShouldBe(plain);
        }
    }

    [Fact]
    public void Every_bit_and_every_length_counts()
    {
        var bytes = new byte[2500];
        var seen = new HashSet<UInt128> { ContentHash.Part(bytes) };

        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            seen.Add(ContentHash.Part(bytes)).ShouldBeTrue($"bit {bit}");
            bytes[bit / 8] = 0;
        }

        for (var length = 0; length < bytes.Length; length++)
            seen.Add(ContentHash.Part(bytes.AsSpan(0, length))).ShouldBeTrue($"length {length}");
    }

    [Fact]
    public void Words_that_change_places_count()
    {
        var words = new ulong[512];
        words[0] = 3;
        var seen = new HashSet<UInt128>();

        for (var i = 0; i < words.Length; i++)
        {
            seen.Add(ContentHash.Part(System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(words))).ShouldBeTrue($"word {i}");
            (words[i], words[(i + 1) % words.Length]) = (0, 3);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Threads_come_to_the_value_of_one()
    {
        await Task.Yield();
        const int part = 256 * 1024;
        var bytes = new byte[(23 << 20) + 5];
        new Random(2).NextBytes(bytes);

        foreach (var (offset, count) in new[] { (0, bytes.Length), (3, bytes.Length - 3), (1, part), (7, part + 1), (0, 5 << 20) })
        {
            UInt128[] digests = [.. bytes.AsMemory(offset, count).ToArray().Chunk(part).Select(p => ContentHash.Part(p))];
            for (var i = 0; i < 5; i++)
                ParallelHash.Of(bytes, offset, count, part).ShouldBe(ContentHash.Combine(digests), $"{count} bytes from {offset}");
        }
    }
}
