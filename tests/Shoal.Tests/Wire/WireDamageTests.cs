using System.Text.RegularExpressions;
using Shoal.Wire;

namespace Shoal.Tests.Wire;

/// <summary>Bytes that no writer wrote: one clear error, and never more memory than the bytes could fill.</summary>
public class WireDamageTests
{
    private const int Mutations = 2000;
    private const int AllocationBytes = 4 << 20;

    private static readonly int Low = 3;

    private static object[] Messages()
    {
        var (k, words) = (Low, new[] { "a", "b" });
        var cycle = new Node(1);
        cycle.Any = new List<object> { cycle, 5, "text" };
        return
        [
            Enumerable.Range(0, 50).ToArray(), new[,] { { 1.5, 2 }, { 3, 4 } }, new Dictionary<string, Dog> { ["a"] = new("x", 4, new Animal("y", 2)), ["b"] = new("z", 3, null) },
            cycle, new HashSet<(int, string)> { (1, "a"), (2, "b") }, (Func<int, int>)(x => x + k + words.Length), new Bag<string> { "a", "b" }, new SortedSet<int> { 3, 1, 2 },
            new object[] { 1, 2.5m, "x", DateTime.UnixEpoch, typeof(List<Node[]>), new Regex("a+"), Guid.Empty, new WithReference { Text = "t" }, Colour.Blue },
            System.Collections.Immutable.ImmutableDictionary<int, string>.Empty.Add(1, "a"), new System.Numerics.BigInteger(1) << 300, new System.Collections.BitArray(77),
        ];
    }

    [Fact]
    public void Mutated_messages_give_one_clear_error()
    {
        var messages = Messages().Select(m => Trip.Bytes<object>(m)).ToArray();
        var random = new Random(12);

        for (var i = 0; i < Mutations; i++)
        {
            var bytes = (byte[])messages[i % messages.Length].Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) switch { 0 => 255, 1 => random.Next(8), _ => random.Next(256) });
            Read(bytes, i);
        }
    }

    [Fact]
    public void Messages_cut_off_anywhere_give_one_clear_error()
    {
        foreach (var message in Messages().Select(m => Trip.Bytes<object>(m)))
        {
            for (var length = 0; length < message.Length; length++)
                Read(message[..length], length).ShouldBeFalse();
        }
    }

    [Fact]
    public void Bytes_that_are_left_over_are_an_error()
    {
        Should.Throw<InvalidDataException>(() => WireFormat.Read<int>(new byte[5])).Message
            .ShouldBe("A message between caller and worker is damaged at byte 4 of 5: 1 bytes are left over.");
    }

    [Fact]
    public void Claimed_lengths_are_not_believed()
    {
        // A new int[] of 2^27 − 1 elements, here, and four bytes.
        byte[] bytes = [WireMarks.Declared, 0xFF, 0xFF, 0xFF, 0x3F, LargeBlock.Here, 1, 2, 3, 4];
        byte[] elsewhere = [WireMarks.Declared, 0xFF, 0xFF, 0xFF, 0x3F, LargeBlock.Lane, 1, 2, 3, 4, 5, 6, 7, 8];
        var before = GC.GetTotalAllocatedBytes();

        Should.Throw<InvalidDataException>(() => WireFormat.Read<int[]>(bytes)).Message.ShouldContain("claims 134217727 elements where 4 bytes are left");
        Should.Throw<InvalidDataException>(() => WireFormat.Read<int[]>(elsewhere)).Message.ShouldContain("place 1");
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public void An_endless_nest_is_an_error_and_no_stack_overflow()
    {
        // new object[1] { new object[1] { …, deeper than any real message.
        var level = Trip.Bytes<object>(new object[] { null! })[..^1];
        const byte TypeNumberOfObjectArray = 2;
        var again = new byte[] { WireMarks.Other, TypeNumberOfObjectArray, 1 };
        var bytes = level.Concat(Enumerable.Repeat(again, DeepStack.MaxDepth + 10).SelectMany(b => b)).ToArray();

        Should.Throw<InvalidDataException>(() => WireFormat.Read<object>(bytes)).Message.ShouldContain("deeper than");
    }

    [Fact]
    public void Damaged_errors_still_give_an_exception()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        WireFormat.WriteError(output, new ArgumentException("message", "parameter", new FormatException()));
        var random = new Random(3);

        for (var i = 0; i < 500; i++)
        {
            var bytes = output.WrittenSpan.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                WireFormat.ReadError(bytes).ShouldNotBeNull();
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static bool Read(byte[] bytes, int number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            WireFormat.Read<object>(bytes);
            return true;
        }
        catch (Exception error) when (error is InvalidDataException or ShoalException)
        {
            error.Message.ShouldNotBeNullOrEmpty();
            return false;
        }
        finally
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocationBytes, $"mutation {number}");
        }
    }
}
