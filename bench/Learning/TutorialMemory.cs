using System.Globalization;
using Shoal.Learning;

namespace Shoal.Bench.Learning;

/// <summary>The most memory that a process has resident which trains the tutorial: 5 epochs of 46 steps of 128.</summary>
internal static class TutorialMemory
{
    public static void Run()
    {
        var (images, labels) = DigitsData.Train(Network.Rows);
        using var model = DigitsNetwork.Create(new() { Seed = 1, Threads = 2 });
        model.Fit(images, labels, new() { Epochs = 5, StepsPerEpoch = 46, BatchSize = Network.Batch, Seed = 1 });
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        var kilobytes = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory {kilobytes / 1024:F1}"));
    }
}
