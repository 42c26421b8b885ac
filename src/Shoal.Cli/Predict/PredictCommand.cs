using System.CommandLine;

namespace Shoal.Cli.Predict;

/// <summary><c>shoal predict</c>: its options.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A saved model, as shoal digits --save writes it" };
        var images = new Argument<string>("images") { Description = "An IDX file of images, packed by gzip or not" };
        var labels = new Option<string?>("--labels") { Description = "An IDX file with their labels, to tell how many are right", HelpName = "file" };
        var rows = NumberOption.CreateOptional("--rows", 1, "Images to label, from the first (all)");
        var pool = new Option<string>("--pool")
        {
            Description = $"Where to compute: {PoolSpecs.Valid}",
            HelpName = "spec",
            CustomParser = result => PoolSpecs.Parse(result)![0],
            DefaultValueFactory = _ => "auto",
        };
        var json = new Option<bool>("--json") { Description = "Write one JSON document to stdout and nothing else" };
        var verbose = new Option<bool>(CommandLine.VerboseOption) { Description = "Add the stack to an error" };

        var command = new Command("predict", """
            Label images with a saved model: for each the most probable label and its probability.

            Example:
              shoal predict digits.safetensors t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz
              shoal predict digits.safetensors t10k-images-idx3-ubyte.gz --rows 100 --json
            """)
        {
            model, images, labels, rows, pool, json, verbose,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(PredictRun.Run(new PredictSettings
        {
            Model = parsed.GetValue(model)!,
            Images = parsed.GetValue(images)!,
            Labels = parsed.GetValue(labels),
            Rows = parsed.GetValue(rows),
            Pool = parsed.GetValue(pool)!,
            Json = parsed.GetValue(json),
        }, cancel)));
        return command;
    }
}
