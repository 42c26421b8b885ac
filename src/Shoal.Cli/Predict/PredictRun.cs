using System.Diagnostics;
using System.Globalization;
using Shoal.Frames;
using Shoal.Learning;

namespace Shoal.Cli.Predict;

/// <summary><c>shoal predict</c>: reads images, labels them with a pool, and tells.</summary>
internal static class PredictRun
{
    // Images of one item: enough that a model's wide layers are read seldom, few enough that every worker gets some.
    private const int Block = 128;
    private const int RowsOnTerminal = 20;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(PredictSettings settings, CancellationToken cancel)
    {
        var path = Path.GetFullPath(settings.Model);
        var images = ReadImages(settings, InputSize(path));
        var labels = settings.Labels is { } file ? ReadLabels(file, images.Shape[0]) : (ReadOnlyMemory<byte>?)null;
        var rows = Math.Min(settings.Rows ?? int.MaxValue, images.Shape[0]);

        var start = Stopwatch.GetTimestamp();
        var predicted = Predict(path, images, rows, settings, cancel);
        var result = new PredictResult
        {
            Model = path,
            Pool = settings.Pool,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Accuracy = labels is { } known ? predicted.Where((row, i) => row.Label == known.Span[i]).Count() / (double)rows : null,
            Rows = predicted,
        };
        if (settings.Json)
            JsonOutput.Write(result);
        else
            Show(new Screen(json: false), result);
        return 0;
    }

    private static int InputSize(string path)
    {
        using var model = Model.Load(path, new ModelOptions { Threads = 1 });
        return model.Inputs.Count == 1 && model.OutputShapes.Count == 1
            ? model.InputShape.Size
            : throw new UsageException($"{path}: the model has {model.Inputs.Count} inputs and {model.OutputShapes.Count} outputs, expected one of each. Use it from code: Model.Load.");
    }

    private static IdxTensor ReadImages(PredictSettings settings, int size)
    {
        var images = Idx.Read(settings.Images, rank: 3);
        var (rows, height, width) = (images.Shape[0], images.Shape[1], images.Shape[2]);
        if (height * width != size)
            throw new UsageException($"{settings.Images}: its images have {height} x {width} pixels, the model takes {size} values. Name the images that it was trained for.");
        return rows > 0 ? images : throw new UsageException($"{settings.Images}: holds no images.");
    }

    private static ReadOnlyMemory<byte> ReadLabels(string file, int rows)
    {
        var labels = Idx.Read(file, rank: 1);
        return labels.Shape[0] == rows
            ? labels.Values
            : throw new UsageException($"{file}: holds {labels.Shape[0]} labels for {rows} images. Name the file that belongs to the images.");
    }

    private static PredictedRow[] Predict(string path, IdxTensor images, int rows, PredictSettings settings, CancellationToken cancel)
    {
        var size = images.Shape[1] * images.Shape[2];
        byte[][] blocks = [.. Enumerable.Range(0, (rows + Block - 1) / Block).Select(b => images.Values.Slice(b * Block * size, Math.Min(Block, rows - b * Block) * size).ToArray())];

        // Each worker loads the model once. One thread each: the pool's workers are what uses the cores.
        var model = new WorkerLocal<Model>(() => Model.Load(path, new ModelOptions { Threads = 1 }));
        using var pool = Pool.Open(settings.Pool);
        var outputs = pool.Map(blocks, (block, context) => model.Value.Predict(Array.ConvertAll(block, pixel => pixel / 255f), context.Cancel), cancel: cancel);
        var name = Path.GetFileName(settings.Images);
        return [.. outputs.Zip(blocks).SelectMany(pair => pair.First.Chunk(pair.First.Length / (pair.Second.Length / size))).Select((p, i) => Row(name, i, p))];
    }

    private static PredictedRow Row(string name, int number, float[] probabilities) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}[{number}]"), Array.IndexOf(probabilities, probabilities.Max()), probabilities);

    private static void Show(Screen screen, PredictResult result)
    {
        // A file or the next program wants every row, a person the first ones and the sum.
        var shown = screen.Live is null ? result.Rows.Count : Math.Min(RowsOnTerminal, result.Rows.Count);
        screen.Line("image\tlabel\tprobability");
        foreach (var row in result.Rows.Take(shown))
            screen.Line(Invariant($"{row.Source}\t{row.Label}\t{row.Probabilities[row.Label]:0.0000}"));
        if (shown < result.Rows.Count)
            screen.Line(Invariant($"... and {result.Rows.Count - shown} more; all of them into a file or with --json"));
        Screen.Note(Invariant($"{result.Rows.Count} images in {result.Seconds:0.00} s with {result.Pool}{(result.Accuracy is { } right ? $", {right:0.0000} right" : "")}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
