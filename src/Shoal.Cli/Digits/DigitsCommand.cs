using System.CommandLine;

namespace Shoal.Cli.Digits;

/// <summary><c>shoal digits</c>: its options.</summary>
internal static class DigitsCommand
{
    private const string DefaultSave = "digits.safetensors";
    private const int FullEpochs = 10;
    private static readonly string[] DefaultPools = ["serial", "threads", "processes"];

    public static Command Create()
    {
        var pool = new Option<string[]>("--pool")
        {
            Description = $"A pool to predict with: {PoolSpecs.Valid}; may repeat. The plain loop (serial) always runs first.",
            HelpName = "spec",
            CustomParser = PoolSpecs.Parse,
            DefaultValueFactory = _ => DefaultPools,
        };
        var rows = NumberOption.Create("--rows", 1000, 1, "Rows to predict: the images after the training images, then test images");
        var train = NumberOption.Create("--train", 6000, 1, "Images to train on");
        var full = new Option<bool>("--full") { Description = $"Train on all images, {FullEpochs} epochs: some minutes, for the best accuracy" };
        var epochs = NumberOption.Create("--epochs", 5, 1, "Epochs of training");
        var steps = NumberOption.Create("--steps", 46, 1, "Steps in an epoch");
        var batch = NumberOption.Create("--batch", 128, 1, "Images in a step");
        var seed = NumberOption.Create("--seed", 1UL, 0UL, "The seed of weights, order, augmentation and dropout");
        var threads = NumberOption.Create("--threads", Environment.ProcessorCount, 1, "Threads to train with; the result does not depend on them");
        var save = new Option<string>("--save") { Description = "Where to save the trained model", HelpName = "file", DefaultValueFactory = _ => DefaultSave };
        var load = new Option<string?>("--load") { Description = "A saved model to predict with, in place of training", HelpName = "file" };
        var data = new Option<string?>("--data") { Description = "A folder with the four MNIST files in place of SHOAL_DATA, the cache folder, a download, or digits drawn by the program", HelpName = "folder" };
        var json = new Option<bool>("--json") { Description = "Write one JSON document to stdout and nothing else" };
        var verbose = new Option<bool>(CommandLine.VerboseOption) { Description = "Add the stack to an error" };

        var command = new Command("digits", """
            Train a convolutional network on handwritten digits, then predict rows one by one
            in a plain loop, on threads and in worker processes: the same answers, and how long each takes.

            Example:
              shoal digits --rows 10000 --pool threads:2 --pool processes:2
              shoal digits --full --save best.safetensors
              shoal digits --load digits.safetensors --json
            """)
        {
            pool, rows, train, full, epochs, steps, batch, seed, threads, save, load, data, json, verbose,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(load) is { Implicit: false } && result.GetResult(save) is { Implicit: false })
                result.AddError("--save and --load exclude each other: nothing is trained where a model is loaded");
            foreach (var other in new Option[] { train, steps, load })
            {
                if (result.GetValue(full) && result.GetResult(other) is { Implicit: false })
                    result.AddError($"--full and {other.Name} exclude each other: --full trains on all images in whole passes");
            }

            foreach (var text in new Option[] { save, load, data })
            {
                if (result.GetResult(text) is { Implicit: false, Tokens: [{ Value: "" }] })
                    result.AddError($"{text.Name} must name a {text.HelpName}, got an empty one");
            }
        });
        command.SetAction((parsed, cancel) => DigitsRun.RunAsync(new DigitsSettings
        {
            Pools = parsed.GetValue(pool)!,
            Rows = parsed.GetValue(rows),
            Train = parsed.GetValue(train),
            Full = parsed.GetValue(full),
            Epochs = parsed.GetValue(full) && parsed.GetResult(epochs) is not { Implicit: false } ? FullEpochs : parsed.GetValue(epochs),
            Steps = parsed.GetValue(steps),
            Batch = parsed.GetValue(batch),
            Seed = parsed.GetValue(seed),
            Threads = parsed.GetValue(threads),
            ModelPath = Path.GetFullPath(parsed.GetValue(load) ?? parsed.GetValue(save)!),
            Trains = parsed.GetValue(load) is null,
            Data = parsed.GetValue(data),
            Json = parsed.GetValue(json),
        }, cancel));
        return command;
    }
}
