using System.Buffers.Binary;
using System.IO.Compression;

namespace Shoal.Learning.Tests;

/// <summary>The MNIST digits, where they are: in the folder that SHOAL_DATA names, or in ../shared/data/mnist.</summary>
internal static class Mnist
{
    private static string Folder =>
        Environment.GetEnvironmentVariable("SHOAL_DATA") is { Length: > 0 } folder ? folder : Path.Combine(Golden.Root, "..", "shared", "data", "mnist");

    /// <summary>Pixels from 0 to 1 and digits of the first rows of "train" or "t10k"; the test is skipped where there are none.</summary>
    public static (float[] X, int[] Labels) Load(string part, int rows)
    {
        Skip.IfNot(Directory.Exists(Folder), "MNIST is not there: set SHOAL_DATA to its folder");
        var images = ReadIdx($"{part}-images-idx3-ubyte", 16, rows * 784);
        var labels = ReadIdx($"{part}-labels-idx1-ubyte", 8, rows);
        return (Array.ConvertAll(images, b => b / 255f), Array.ConvertAll(labels, b => (int)b));
    }

    private static byte[] ReadIdx(string name, int header, int count)
    {
        var path = new[] { name, name + ".gz" }.Select(n => Path.Combine(Folder, n)).FirstOrDefault(File.Exists);
        Skip.If(path is null, $"{Folder} has no {name}");
        using var file = File.OpenRead(path!);
        using Stream stream = path!.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var start = new byte[header];
        stream.ReadExactly(start);
        BinaryPrimitives.ReadInt32BigEndian(start).ShouldBe(header == 16 ? 2051 : 2049);
        var data = new byte[count];
        stream.ReadExactly(data);
        return data;
    }
}
