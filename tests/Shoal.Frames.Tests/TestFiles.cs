using System.IO.Compression;

namespace Shoal.Frames.Tests;

/// <summary>Folders of the tests: a fresh one that goes with the test, and the real digits where they are.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("shoal-frames-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class TestFiles
{
    public const string NoMnist = "the MNIST files are neither in SHOAL_DATA nor in ../shared/data/mnist";

    public static string? Mnist { get; } = new[] { Environment.GetEnvironmentVariable("SHOAL_DATA"), Path.Combine(Repository(), "..", "shared", "data", "mnist") }
        .FirstOrDefault(folder => folder is { Length: > 0 } && File.Exists(Path.Combine(folder, "train-images-idx3-ubyte.gz")));

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Optimal))
            packer.Write(content);
        return packed.ToArray();
    }

    /// <summary>An IDX file of bytes: header, then values 0, 1, 2, … modulo <paramref name="below"/>.</summary>
    public static byte[] Idx(int[] shape, int below = 256)
    {
        var size = shape.Aggregate(1, (product, length) => product * length);
        return [.. Header(shape), .. Enumerable.Range(0, size).Select(value => (byte)(value % below))];
    }

    public static byte[] Header(params int[] shape) =>
        [0, 0, 8, (byte)shape.Length, .. shape.SelectMany(length => new[] { (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length })];

    /// <summary>The four files of a small data set: 20 images to train on, 10 to test on.</summary>
    public static void WriteDigits(TestFolder folder)
    {
        folder.Write("train-images-idx3-ubyte.gz", Gzip(Idx([20, 28, 28])));
        folder.Write("train-labels-idx1-ubyte.gz", Gzip(Idx([20], below: 10)));
        folder.Write("t10k-images-idx3-ubyte", Idx([10, 28, 28]));
        folder.Write("t10k-labels-idx1-ubyte", Idx([10], below: 10));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Shoal.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds Shoal.slnx.");
    }
}
