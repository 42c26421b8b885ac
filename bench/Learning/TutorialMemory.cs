using System.Globalization;
using System.IO.Compression;
using Shoal.Learning;

namespace Shoal.Bench.Learning;

/// <summary>The most memory that a process has resident which trains the tutorial: 5 epochs of 46 steps of 128.</summary>
internal static class TutorialMemory
{
    /// <param name="floats">Whether the images are held as floats, as the peer holds them, rather than as the bytes of the file.</param>
    public static void Run(bool floats)
    {
        // As the peer does, no more than the images that it trains on are read.
        var images = Read("train-images-idx3-ubyte.gz", 16, Network.Rows * Network.Pixels);
        var labels = Array.ConvertAll(Read("train-labels-idx1-ubyte.gz", 8, Network.Rows), label => (int)label);
        var data = floats ? new Dataset(Array.ConvertAll(images, pixel => pixel / 255f), labels) : new Dataset(images, labels);
        using var model = DigitsNetwork.Create(new() { Seed = 1, Threads = 2 });
        model.Fit(data, new() { Epochs = 5, StepsPerEpoch = 46, BatchSize = Network.Batch, Seed = 1 });
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        var kilobytes = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory {kilobytes / 1024:F1}"));
    }

    private static byte[] Read(string name, int header, int length)
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(Environment.GetEnvironmentVariable("SHOAL_DATA")!, name)), CompressionMode.Decompress);
        file.ReadExactly(new byte[header]);
        var values = new byte[length];
        file.ReadExactly(values);
        return values;
    }
}
