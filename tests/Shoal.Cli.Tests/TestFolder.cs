using Shoal.Frames;

namespace Shoal.Cli.Tests;

/// <summary>A fresh folder that goes with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("shoal-cli-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    /// <summary>A folder of drawn digits in the form of MNIST, unpacked.</summary>
    public async Task<string> WriteDigitsAsync(int train, int test, string name = "data")
    {
        var digits = await Frames.Digits.SyntheticAsync(new DigitsOptions { SyntheticTrain = train, SyntheticTest = test });
        Directory.CreateDirectory(File(name));
        foreach (var (part, images) in new[] { ("train", digits.Train), ("t10k", digits.Test) })
        {
            Write($"{name}/{part}-labels-idx1-ubyte", [.. Header(images.Count), .. images.Labels]);
            byte[] pixels = [.. Header(images.Count, 28, 28), .. Enumerable.Range(0, images.Count).SelectMany(index => images.Image(index).ToArray())];
            Write($"{name}/{part}-images-idx3-ubyte", pixels);
        }

        return File(name);
    }

    public static byte[] Header(params int[] shape) =>
        [0, 0, 8, (byte)shape.Length, .. shape.SelectMany(length => new[] { (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length })];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Repository
{
    public const string NoMnist = "the MNIST files are neither in SHOAL_DATA nor in ../shared/data/mnist";

    public static string? Mnist { get; } = new[] { Environment.GetEnvironmentVariable("SHOAL_DATA"), Path.Combine(Root(), "..", "shared", "data", "mnist") }
        .FirstOrDefault(folder => folder is { Length: > 0 } && File.Exists(Path.Combine(folder, "train-images-idx3-ubyte.gz")));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Shoal.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds Shoal.slnx.");
    }
}
