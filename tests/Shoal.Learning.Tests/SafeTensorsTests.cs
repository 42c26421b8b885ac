using System.Buffers.Binary;
using System.Text;

namespace Shoal.Learning.Tests;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "0000803f", "8" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "0000803f", "twice" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", "0000803f0000", "overlaps" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[5,9]}}", "0000803f0000803f00", "hole" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "0000803f0000", "end at byte 4" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", "", "whole numbers" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "0000803f", "data_offsets [4, 0]" },
        { "{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", "0000803f", "F31" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}}", "0000803f", "shape [3]" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296,4294967296],\"data_offsets\":[0,4]}}", "0000803f", "shape" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "0000803f", "shape" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "", "lacks" },
        { "{\"a\":7}", "", "\"a\" is not an object" },
        { "{\"__metadata__\":{\"x\":1}}", "", "texts" },
        { "{\"a\\nb\":7}", "", "a?b" },
        { "[1,2]", "", "{" },
        { "{\"a\":", "", "JSON" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_formats_test_vector_is_written_to_the_bit()
    {
        var path = Path.Combine(_folder, "vector.safetensors");

        SafeTensors.Write(path, [SavedTensor.FromSingles("a", [1, 2], [1, 2])]);

        Convert.ToHexStringLower(File.ReadAllBytes(path)).ShouldBe(
            "3800000000000000"
            + "7b2261223a7b226474797065223a22463332222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b302c385d7d7d"
            + "0000803f00000040");
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        var path = Path.Combine(_folder, "several.safetensors");
        SavedTensor[] tensors =
        [
            new("flag", TensorType.BOOL, [3], new byte[] { 1, 0, 1 }),
            SavedTensor.FromSingles("weights", [2, 2], [1, -2, float.NaN, float.Epsilon]),
            new("count", TensorType.I64, [], BitConverter.GetBytes(7L)),
            SavedTensor.FromSingles("empty", [0, 5], []),
        ];

        SafeTensors.Write(path, tensors, new Dictionary<string, string> { ["note"] = "zwölf\n\"12\"", ["a"] = "" });
        var file = SafeTensors.Read(path);

        file.Metadata.ShouldBe(new Dictionary<string, string> { ["note"] = "zwölf\n\"12\"", ["a"] = "" }, ignoreOrder: true);
        file.Tensors.Keys.ShouldBe(["count", "empty", "weights", "flag"], ignoreOrder: true);
        foreach (var tensor in tensors)
        {
            var read = file.Tensors[tensor.Name];
            read.Type.ShouldBe(tensor.Type);
            read.Shape.ShouldBe(tensor.Shape);
            read.Data.ToArray().ShouldBe(tensor.Data.ToArray());
        }
    }

    [Fact]
    public void Tensors_are_sorted_by_element_size_then_name_and_the_data_begin_at_a_multiple_of_8()
    {
        var path = Path.Combine(_folder, "sorted.safetensors");

        SafeTensors.Write(path, [SavedTensor.FromSingles("b", [1], [1]), new("a", TensorType.U8, [1], new byte[1]), SavedTensor.FromSingles("B", [1], [1])]);

        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        (length % 8).ShouldBe(0);
        header.IndexOf("\"B\"", StringComparison.Ordinal).ShouldBeLessThan(header.IndexOf("\"b\"", StringComparison.Ordinal));
        header.IndexOf("\"b\"", StringComparison.Ordinal).ShouldBeLessThan(header.IndexOf("\"a\"", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_one_line_that_names_file_and_fault(string header, string data, string says)
    {
        var path = Path.Combine(_folder, "hostile.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. Convert.FromHexString(data)]);

        var error = Should.Throw<ModelFileException>(() => SafeTensors.Read(path));

        error.Message.ShouldStartWith(path);
        error.Message.ShouldContain(says);
        error.Message.ShouldContain("copy or save it again");
        error.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(100_000_001)]
    [InlineData(100)]
    public void A_header_longer_than_the_file_is_refused_before_it_is_allocated(long length)
    {
        var path = Path.Combine(_folder, "long.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(length), .. "{}"u8]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Should.Throw<ModelFileException>(() => SafeTensors.Read(path));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
        error.Offset.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(71)]
    public void A_file_that_is_cut_off_is_refused(int length)
    {
        var path = Path.Combine(_folder, "cut.safetensors");
        SafeTensors.Write(path, [SavedTensor.FromSingles("a", [1, 2], [1, 2])]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);

        Should.Throw<ModelFileException>(() => SafeTensors.Read(path)).Message.ShouldContain("copy or save it again");
    }

    [Fact]
    public void Two_thousand_mutated_files_are_read_or_refused_within_twice_their_size() => ReadMutated(2_000);

    [Fact]
    [Trait("Category", "Soak")]
    public void A_hundred_thousand_mutated_files_are_read_or_refused_within_twice_their_size() => ReadMutated(100_000);

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(_folder, "missing.safetensors");

        Should.Throw<ModelFileException>(() => SafeTensors.Read(path)).Message.ShouldBe(
            $"{path}: there is no such file. Check the path, or train and save a model first.");
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = Path.Combine(_folder, "kept.safetensors");
        File.WriteAllText(path, "old");

        Should.Throw<ModelFileException>(() => WholeFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("disk full");
        }));

        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    private void ReadMutated(int count)
    {
        var path = Path.Combine(_folder, "mutated.safetensors");
        SafeTensors.Write(
            path,
            [SavedTensor.FromSingles("conv2d/kernel", [3, 3, 1, 32], new float[288]), SavedTensor.FromSingles("conv2d/bias", [32], new float[32])],
            new Dictionary<string, string> { ["architecture"] = "{}" });
        var original = File.ReadAllBytes(path);
        // Messages and exceptions have a cost of their own, whatever the file's size.
        const int Fixed = 40_000;
        var (read, refused) = (0, 0);

        for (var seed = 0UL; seed < (ulong)count; seed++)
        {
            var bytes = Mutate(original, seed);
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                SafeTensors.Read(path);
                read++;
            }
            catch (ModelFileException e)
            {
                e.Message.ShouldNotContain("\n");
                refused++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2 * bytes.Length + Fixed, $"seed {seed}");
        }

        read.ShouldBeGreaterThan(count / 20);
        refused.ShouldBeGreaterThan(count / 2);
    }

    private static byte[] Mutate(byte[] original, ulong seed)
    {
        var bytes = original.ToArray();
        var (kind, count, cut, _) = Philox.Draw(seed, 0, 0);
        for (var i = 0UL; i <= count % 4; i++)
        {
            var (where, what, how, _) = Philox.Draw(seed, i + 1, 0);
            // Most changes go to the header, where they matter.
            var at = (int)(where % (uint)(how % 4 == 0 ? bytes.Length : Math.Min(bytes.Length, 240)));
            bytes[at] = how % 3 == 0 ? (byte)('0' + what % 10) : (byte)what;
        }

        return kind % 5 == 0 ? bytes[..(int)(cut % (uint)bytes.Length)] : bytes;
    }
}
