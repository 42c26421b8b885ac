using System.Buffers;
using System.Buffers.Binary;
using Shoal.Wire;

namespace Shoal.Tests.Wire;

/// <summary>Small values lie side by side: they come back as they were, what is not of its declared type stays out, and damaged bytes are refused.</summary>
public class PackingTests
{
    [Fact]
    public void Numbers_and_structs() => Trip([1, -2, int.MaxValue], [Guid.Empty, new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)]);

    [Fact]
    public void Arrays_of_any_length()
    {
        Trip<int[]?, double[]>([[1, 2, 3], [], null, [.. Enumerable.Range(0, 500)]], [[double.NaN, -0.0], [double.Epsilon], []]);
        Trip<byte[], bool[]>([[1], [], [255, 0]], [[true, false], []]);
        Trip<DayOfWeek[], Guid[]>([[DayOfWeek.Friday], []], [[new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)], []]);
        Trip<char[], Half[]>([['\ud800', 'a'], []], [[Half.MaxValue], []]);
    }

    [Fact]
    public void Text() => Trip<string?, string>(["", "abc", null, "grüße"], ["\ud800", "a\0b", new string('x', 500)]);

    [Fact]
    public void Tuples()
    {
        Trip<(int[] Row, int Low, int High), (byte, long)>([([1, 2], 3, 4), (null!, 5, 6), ([], 7, 8)], [(1, long.MinValue), (255, 0)]);
        Trip<(string, string?), ((int[], int), double)>([("a", null), ("", "b")], [(([1], 2), 3.5)]);
        Trip<(byte, short, int, long), (byte, short, int, long, float)>([(1, 2, 3, 4)], [(1, 2, 3, 4, 5)]);
        Trip<(int, string, int, int, int, int), (int, string, int, int, int, int, int)>([(1, "2", 3, 4, 5, 6)], [(1, "2", 3, 4, 5, 6, 7)]);
        Trip<(int, string, int, int, int, int, int, double[]), int>([(1, "2", 3, 4, 5, 6, 7, [8.0]), (1, "", 3, 4, 5, 6, 7, null!)], []);
    }

    [Fact]
    public void What_has_identity_or_another_type_inside_needs_a_message()
    {
        Packing<object>.Instance.ShouldBeNull();
        Packing<IList<int>>.Instance.ShouldBeNull();
        Packing<List<int>>.Instance.ShouldBeNull();
        Packing<int[][]>.Instance.ShouldBeNull();
        Packing<string[]>.Instance.ShouldBeNull();
        Packing<int[,]>.Instance.ShouldBeNull();
        Packing<nint[]>.Instance.ShouldBeNull();
        Packing<int?[]>.Instance.ShouldBeNull();
        Packing<(int, object)>.Instance.ShouldBeNull();
        Packing<Tuple<int, int>>.Instance.ShouldBeNull();
        Packing<CancellationToken[]>.Instance.ShouldBeNull();
        // The two may be one and the same.
        Packing<(int[], int[])>.Instance.ShouldBeNull();
    }

    [Fact]
    public void An_array_of_another_type_is_not_written()
    {
        var unsigned = (int[])(object)new uint[] { 1, 2 };
        var days = (int[])(object)new[] { DayOfWeek.Friday };
        var room = new byte[1000];

        Packing<int[]>.Instance!.Write([[1], [2], unsigned, [3]], room, out var bytes).ShouldBe(2);
        bytes.ShouldBe(16);
        Packing<int[]>.Instance.TryWrite(in unsigned, room, out _).ShouldBeFalse();
        Packing<int[]>.Instance.TryWrite(in days, room, out _).ShouldBeFalse();
    }

    [Fact]
    public void Writing_stops_where_the_room_ends()
    {
        int[][] values = [.. Enumerable.Range(0, 10).Select(i => Enumerable.Repeat(i, i).ToArray())];
        var packing = Packing<int[]>.Instance!;

        for (var size = 0; size < 250; size++)
        {
            var room = new byte[size + 8];
            room.AsSpan(size).Fill(0xAB);
            var count = packing.Write(values, room.AsSpan(0, size), out var bytes);

            bytes.ShouldBe(values[..count].Sum(v => 4 + (4 * v.Length)));
            bytes.ShouldBeLessThanOrEqualTo(size);
            (count == values.Length || bytes + 4 + (4 * values[count].Length) > size).ShouldBeTrue();
            room[size..].ShouldAllBe(b => b == 0xAB);
            Packed(room.AsSpan(0, bytes).ToArray(), count, packing).ShouldBe(values[..count]);
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    [InlineData(4)]
    [InlineData(0x4000_0000)]
    [InlineData(int.MaxValue)]
    public void A_length_that_the_bytes_cannot_fill_is_refused(int length)
    {
        var bytes = new byte[4 + 12];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);

        Should.Throw<InvalidDataException>(() => Packing<int[]>.Instance!.Read(bytes, out _));
        Should.Throw<InvalidDataException>(() => Packing<(int[], int)>.Instance!.Read(bytes, out _));
        Should.Throw<InvalidDataException>(() => Packing<string>.Instance!.Read(bytes.AsSpan(0, 4 + 6), out _));
        Should.Throw<InvalidDataException>(() => Packing<int[]>.Instance!.Skip(bytes, 1));
    }

    [Fact]
    public void Bytes_that_are_cut_off_or_changed_give_values_or_an_error()
    {
        (string, int[], int)[] values = [("abc", [1, 2, 3], 4), (null!, null!, 5), ("", [], 6)];
        var packing = Packing<(string, int[], int)>.Instance!;
        var good = new byte[200];
        packing.Write(values, good, out var length);
        Random random = new(7);

        for (var cut = 0; cut < length; cut++)
            Should.Throw<InvalidDataException>(() => Packed(good[..cut], values.Length, packing));
        var refused = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var bad = good[..length];
            bad[random.Next(length)] = (byte)random.Next(256);
            try
            {
                Packed(bad, values.Length, packing).Length.ShouldBe(values.Length);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(500, 4_500);
        Should.Throw<InvalidDataException>(() => Packing<Guid>.Instance!.Read(new byte[31], new Guid[2]));
        Should.Throw<InvalidDataException>(() => Packing<Guid>.Instance!.Skip(new byte[31], 2));
    }

    private static void Trip<A, B>(A[] first, B[] second)
    {
        Trip(first);
        Trip(second);
    }

    private static void Trip<T>(T[] values)
    {
        var packing = Packing<T>.Instance!;
        var room = new byte[10_000];

        packing.Write(values, room, out var bytes).ShouldBe(values.Length);

        var packed = room[..bytes];
        Message(Packed(packed, values.Length, packing)).ShouldBe(Message(values));
        var at = 0;
        for (var i = 0; i < values.Length; i++)
        {
            packing.Skip(packed, i).ShouldBe(at);
            packing.TryWrite(in values[i], room, out var one).ShouldBeTrue();
            room[..one].ShouldBe(packed[at..(at + one)]);
            Message(packing.Read(packed.AsSpan(at), out var used)).ShouldBe(Message(values[i]));
            used.ShouldBe(one);
            at += one;
        }

        at.ShouldBe(bytes);
    }

    // What a value says, told by the other format.
    private static byte[] Message<T>(T value)
    {
        ArrayBufferWriter<byte> output = new();
        WireFormat.Write(output, value, "value");
        return output.WrittenSpan.ToArray();
    }

    private static T[] Packed<T>(byte[] bytes, int count, Packing<T> packing)
    {
        var values = new T[count];
        packing.Read(bytes, values).ShouldBe(bytes.Length);
        return values;
    }
}
