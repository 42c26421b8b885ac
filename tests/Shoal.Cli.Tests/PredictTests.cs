using System.Text.Json;

namespace Shoal.Cli.Tests;

/// <summary><c>shoal predict</c> on the test images of the shared model.</summary>
[Collection(Programs.Name)]
public sealed class PredictTests(TrainedModel trained)
{
    private string Images => Path.Combine(trained.Data, "t10k-images-idx3-ubyte");

    private string Labels => Path.Combine(trained.Data, "t10k-labels-idx1-ubyte");

    [Fact]
    public async Task Every_pool_gives_the_same_rows_and_the_accuracy_of_the_training_run()
    {
        var loop = await JsonAsync(trained.Model, Images, "--labels", Labels, "--pool", "serial");
        var processes = await JsonAsync(trained.Model, Images, "--labels", Labels, "--pool", "processes:2");

        loop.EnumerateObject().Select(field => field.Name).ShouldBe(["schema", "model", "pool", "seconds", "accuracy", "rows"]);
        loop.GetProperty("model").GetString().ShouldBe(trained.Model);
        loop.GetProperty("accuracy").GetDouble().ShouldBe(trained.Json.GetProperty("testAccuracy").GetDouble(), 1e-12);
        var rows = loop.GetProperty("rows");
        rows.GetArrayLength().ShouldBe(50);
        rows[49].GetProperty("source").GetString().ShouldBe("t10k-images-idx3-ubyte[49]");
        var probabilities = rows[0].GetProperty("probabilities").EnumerateArray().Select(p => p.GetSingle()).ToArray();
        probabilities.Sum().ShouldBe(1, 1e-5);
        rows[0].GetProperty("label").GetInt32().ShouldBe(Array.IndexOf(probabilities, probabilities.Max()));
        processes.GetProperty("rows").GetRawText().ShouldBe(rows.GetRawText());
    }

    [Fact]
    public async Task Into_a_file_goes_a_line_for_each_image()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "predict", trained.Model, Images, "--rows", "30");

        run.ExitCode.ShouldBe(0, run.Error);
        var lines = run.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(31);
        lines[0].ShouldBe("image\tlabel\tprobability");
        lines[30].Split('\t')[0].ShouldBe("t10k-images-idx3-ubyte[29]");
        run.Error.ShouldContain("30 images in");
    }

    [Fact]
    public async Task What_does_not_fit_is_one_line()
    {
        (await FailsAsync(1, "nowhere.safetensors", Images)).ShouldContain("nowhere.safetensors: there is no such file");
        (await FailsAsync(1, trained.Model, Labels)).ShouldContain("Images have 3 dimensions and labels 1");
        (await FailsAsync(2, trained.Model, Images, "--labels", Path.Combine(trained.Data, "train-labels-idx1-ubyte"))).ShouldContain("holds 280 labels for 50 images");
        (await FailsAsync(2, trained.Model, Images, "--rows", "0")).ShouldContain("--rows 0: expected a whole number from 1");
        (await FailsAsync(2, trained.Model, Images, "--pool", "gpu")).ShouldContain("--pool gpu: expected one of serial");
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        using var folder = new TestFolder();
        var run = await ShoalProcess.RunAsync(folder, ["predict", .. arguments, "--json"]);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task<string> FailsAsync(int code, params string[] arguments)
    {
        using var folder = new TestFolder();
        var run = await ShoalProcess.RunAsync(folder, ["predict", .. arguments]);
        run.ExitCode.ShouldBe(code, run.Output + run.Error);
        run.Output.ShouldBeEmpty();
        return run.Error.TrimEnd();
    }
}
