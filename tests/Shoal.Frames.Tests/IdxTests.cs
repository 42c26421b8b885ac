using static Shoal.Frames.Tests.TestFiles;

namespace Shoal.Frames.Tests;

public sealed class IdxTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 7 })]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 3, 4 })]
    [InlineData(new[] { 2, 0, 5 })]
    [InlineData(new[] { 2, 3, 4, 5 })]
    public void Read_gives_shape_and_values_packed_or_not(int[] shape)
    {
        var content = Idx(shape);
        var plain = _folder.Write("plain", content);
        var packed = _folder.Write("packed-without-suffix", Gzip(content));

        foreach (var tensor in new[] { Frames.Idx.Read(plain), Frames.Idx.Read(packed), Frames.Idx.Read(packed, rank: shape.Length) })
        {
            tensor.Shape.ShouldBe(shape);
            tensor.Values.ToArray().ShouldBe(content[(4 + 4 * shape.Length)..]);
        }
    }

    [Fact]
    public void A_larger_file_than_the_first_piece_is_read_whole()
    {
        var content = Idx([3, 1000, 1000]);

        Frames.Idx.Read(_folder.Write("large", Gzip(content))).Values.Span.SequenceEqual(content.AsSpan(16)).ShouldBeTrue();
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Fails(_folder.File("none"));

        error.Message.ShouldBe($"{_folder.File("none")}: there is no such file. Check the path, or put the file there.");
    }

    [Fact]
    public void A_folder_is_no_file() => Fails(_folder.Path).Message.ShouldContain("cannot be read");

    [Theory]
    [InlineData(0, "0 of the 4 bytes of the magic number")]
    [InlineData(3, "3 of the 4 bytes of the magic number")]
    [InlineData(4, "0 of the 4 bytes of the length of dimension 0")]
    [InlineData(10, "2 of the 4 bytes of the length of dimension 1")]
    public void A_header_that_is_cut_off_tells_where(int length, string expected)
    {
        var content = Idx([2, 3])[..length];

        foreach (var file in Both(content))
        {
            var error = Fails(file);
            error.Message.ShouldContain(expected);
            error.Message.ShouldContain("get it again");
            error.Offset.ShouldBe(length);
        }
    }

    [Fact]
    public void Values_that_are_cut_off_tell_what_was_declared_and_what_is_there()
    {
        var content = Idx([2, 3])[..^2];

        Fails(_folder.Write("plain", content)).Message.ShouldContain("at byte 12, the header declares 6 bytes of values, the file holds 4. ");
        var packed = Fails(_folder.Write("packed", Gzip(content)));
        packed.Message.ShouldContain("at unpacked byte 16, the file ends after 4 of the 6 bytes of values");
        packed.Offset.ShouldBe(16);
    }

    [Fact]
    public void A_packed_file_that_is_cut_off_or_damaged_is_an_error_at_every_length()
    {
        var packed = Gzip(Idx([5, 7]));
        for (var length = 2; length < packed.Length; length++)
            Fails(_folder.Write("cut", packed[..length])).Message.ShouldNotContain('\n');

        packed[^6] ^= 0x55;
        Fails(_folder.Write("checksum", packed)).Message.ShouldContain("damaged");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 9)]
    [InlineData(2, 0x0D)]
    public void A_wrong_magic_number_is_told(int at, byte value)
    {
        var content = Idx([2, 3]);
        content[at] = value;

        foreach (var file in Both(content))
        {
            var error = Fails(file);
            error.Message.ShouldContain($"magic number 0x{Convert.ToHexString(content[..4])}, expected 0x00000800 plus the rank (unsigned bytes)");
            error.Offset.ShouldBe(0);
        }
    }

    [Fact]
    public void Labels_in_place_of_images_are_told()
    {
        var labels = _folder.Write("labels", Idx([5]));

        Should.Throw<IdxException>(() => Frames.Idx.Read(labels, rank: 3)).Message.ShouldBe(
            $"{labels}: at byte 3, magic number 0x00000801 (1 dimensions), expected 0x00000803 (3). Images have 3 dimensions and labels 1; check that the files are not swapped.");
    }

    [Fact]
    public void Sizes_that_overflow_are_refused()
    {
        byte[] tooLong = [0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] product = [0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0];

        foreach (var file in Both(tooLong))
            Fails(file).Message.ShouldContain("dimension 0 is 4294967295");
        foreach (var file in Both(product))
            Fails(file).Message.ShouldContain("dimension 1 is 65536, which makes more than the");
    }

    [Fact]
    public void A_small_file_that_declares_much_takes_little_memory()
    {
        byte[] liar = [.. Header(2_000_000_000), 1, 2, 3];
        var packedLiar = Gzip([.. Header(20_000_000), .. new byte[100_000]]);
        var plainFile = _folder.Write("plain", liar);
        var packedFile = _folder.Write("packed", packedLiar);
        packedLiar.Length.ShouldBeLessThan(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Fails(plainFile).Message.ShouldContain("declares 2000000000 bytes of values, the file holds 3");
        Fails(packedFile).Message.ShouldContain("declares 20000000 bytes");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void A_gzip_bomb_is_unpacked_no_further_than_it_declares()
    {
        var bomb = Gzip([.. Header(10), .. new byte[50_000_000]]);
        var file = _folder.Write("bomb", bomb);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Fails(file).Message.ShouldContain("at unpacked byte 18, the file goes on after the 10 bytes of values");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Bytes_after_the_values_are_an_error()
    {
        byte[] content = [.. Idx([2, 3]), 0];

        foreach (var file in Both(content))
        {
            var error = Fails(file);
            error.Offset.ShouldBe(18);
            error.Message.ShouldContain("goes on after the 6 bytes of values");
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Any_change_of_any_byte_is_a_tensor_or_an_error_of_one_line()
    {
        foreach (var good in new[] { Idx([3, 4]), Gzip(Idx([3, 4])) })
        {
            for (var change = 0; change < 2000; change++)
            {
                var (where, what, _, _) = Philox.Draw(4, (ulong)change, 0);
                var bad = (byte[])good.Clone();
                bad[where % (uint)bad.Length] = (byte)what;
                var file = _folder.Write("changed", bad);

                if (Record.Exception(() => Frames.Idx.Read(file)) is { } error)
                    error.ShouldBeOfType<IdxException>().Message.ShouldNotContain('\n');
            }
        }
    }

    [SkippableFact]
    public void Real_digits_have_the_published_checksums()
    {
        Skip.If(Mnist is null, NoMnist);
        var published = new (string Name, int[] Shape, string Md5)[]
        {
            ("train-images-idx3-ubyte.gz", [60_000, 28, 28], "6bbc9ace898e44ae57da46a324031adb"),
            ("train-labels-idx1-ubyte.gz", [60_000], "a25bea736e30d166cdddb491f175f624"),
            ("t10k-images-idx3-ubyte.gz", [10_000, 28, 28], "2646ac647ad5339dbf082846283269ea"),
            ("t10k-labels-idx1-ubyte.gz", [10_000], "27ae3e4e09519cfbb04c329615203637"),
        };

        foreach (var (name, shape, md5) in published)
        {
            var tensor = Frames.Idx.Read(Path.Combine(Mnist, name));

            tensor.Shape.ShouldBe(shape);
#pragma warning disable CA5351 // The published checksums are MD5; nothing rests on its strength here.
            Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData([.. Header(shape), .. tensor.Values.Span])).ShouldBe(md5);
#pragma warning restore CA5351
        }
    }

    private static IdxException Fails(string file) => Should.Throw<IdxException>(() => Frames.Idx.Read(file));

    private IEnumerable<string> Both(byte[] content) => [_folder.Write("plain.idx", content), _folder.Write("packed.idx", Gzip(content))];
}
