// The table of learning beside its peers: bench/learning [ROUNDS]. `memory` or `memory-floats` alone trains the tutorial and prints this process' peak of memory.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Shoal.Bench.Learning;

if (args.FirstOrDefault() is "memory" or "memory-floats")
{
    TutorialMemory.Run(floats: args[0] == "memory-floats");
    return;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
var (peers, mnist) = (args[1], args[2]);
var (images, labels) = DigitsData.Train(Network.Rows);
var folder = Directory.CreateTempSubdirectory("shoal-bench-");
try
{
    var model = Path.Combine(folder.FullName, "digits.safetensors");
    var (onnx, pixels) = (Path.ChangeExtension(model, ".onnx"), Path.ChangeExtension(model, ".f32"));
    Network.SaveTrained(images, labels, model);
    File.WriteAllBytes(pixels, MemoryMarshal.AsBytes(images.AsSpan()));
    using (var export = Process.Start("/usr/bin/python3", [Path.Combine(peers, "digits_onnx.py"), model, onnx]))
        export.WaitForExit();

    using var race = new Race(images, labels, model, onnx, pixels, peers, mnist);
    for (var round = 0; round < rounds; round++)
    {
        race.Run(round);
        Console.Error.Write($"\rround {round + 1} of {rounds} ");
    }

    race.Finish();
    Console.Error.WriteLine();
    Table.Print(race.Figures, race.PeerNames);
}
finally
{
    folder.Delete(recursive: true);
}
