using System.Text.Json;

namespace Shoal.Cli.Tests;

[Collection(Programs.Name)]
public sealed class DigitsTests(TrainedModel trained)
{
    [Fact]
    public void Json_is_one_document_and_nothing_else()
    {
        trained.Run.ExitCode.ShouldBe(0, trained.Run.Error);
        trained.Run.Error.ShouldBeEmpty();
        trained.Json.EnumerateObject().Select(field => field.Name)
            .ShouldBe(["schema", "data", "parameters", "options", "epochs", "testAccuracy", "confusion", "model", "pools"]);
        trained.Json.GetProperty("schema").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Json_tells_data_options_epochs_and_model()
    {
        var data = trained.Json.GetProperty("data");
        data.GetProperty("name").GetString().ShouldBe("data");
        data.GetProperty("train").GetInt32().ShouldBe(TrainedModel.Train);
        data.GetProperty("test").GetInt32().ShouldBe(50);
        trained.Json.GetProperty("parameters").GetInt64().ShouldBe(2_376_810);
        trained.Json.GetProperty("options").GetProperty("seed").GetInt32().ShouldBe(7);

        var epochs = trained.Json.GetProperty("epochs").EnumerateArray().ToArray();
        epochs.Length.ShouldBe(2);
        foreach (var epoch in epochs)
        {
            epoch.EnumerateObject().Select(field => field.Name).ShouldBe(["loss", "accuracy", "validationAccuracy", "seconds", "imagesPerSecond"]);
            epoch.GetProperty("loss").GetDouble().ShouldBeGreaterThan(0);
            epoch.GetProperty("accuracy").GetDouble().ShouldBeInRange(0, 1);
            epoch.GetProperty("validationAccuracy").GetDouble().ShouldBeInRange(0, 1);
        }

        var model = trained.Json.GetProperty("model");
        model.GetProperty("path").GetString().ShouldBe(trained.Model);
        model.GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(trained.Model).Length);
    }

    [Fact]
    public async Task Full_trains_on_all_images_in_whole_passes()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(
            folder, "digits", "--data", trained.Data, "--full", "--epochs", "2", "--batch", "64", "--rows", "5", "--pool", "serial", "--save", folder.File("full.safetensors"), "--json");

        run.ExitCode.ShouldBe(0, run.Error);
        var json = JsonDocument.Parse(run.Output).RootElement;
        json.GetProperty("data").GetProperty("train").GetInt32().ShouldBe(280);
        json.GetProperty("options").GetProperty("steps").GetInt32().ShouldBe(5);
        json.GetProperty("epochs").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void The_confusion_matrix_counts_every_test_image_and_agrees_with_the_accuracy()
    {
        var rows = trained.Json.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToArray()).ToArray();

        rows.Length.ShouldBe(10);
        rows.Sum(row => row.Sum()).ShouldBe(50);
        trained.Json.GetProperty("testAccuracy").GetDouble().ShouldBe(Enumerable.Range(0, 10).Sum(digit => rows[digit][digit]) / 50.0, 1e-12);
    }

    [Fact]
    public void The_loop_runs_first_and_every_pool_gives_its_answers()
    {
        var pools = trained.Json.GetProperty("pools").EnumerateArray().ToArray();

        pools.Select(pool => pool.GetProperty("pool").GetString()).ShouldBe(["serial", "threads:2", "processes:2", "serial:strict"]);
        pools.Select(pool => pool.GetProperty("workers").GetInt32()).ShouldBe([1, 2, 2, 1]);
        pools.ShouldAllBe(pool => pool.GetProperty("identical").GetBoolean());
        pools.ShouldAllBe(pool => pool.GetProperty("rows").GetInt32() == TrainedModel.Rows);
        foreach (var pool in pools)
        {
            pool.EnumerateObject().Select(field => field.Name).ShouldBe(["pool", "workers", "workersUsed", "rows", "itemsInWorkers", "coldSeconds", "warmSeconds", "rowsPerSecond", "speedup", "coldSpeedup", "identical"]);
            pool.GetProperty("rowsPerSecond").GetDouble().ShouldBe(TrainedModel.Rows / pool.GetProperty("warmSeconds").GetDouble(), 1e-6);
            pool.GetProperty("speedup").GetDouble().ShouldBe(pools[0].GetProperty("warmSeconds").GetDouble() / pool.GetProperty("warmSeconds").GetDouble(), 1e-6);
            pool.GetProperty("coldSpeedup").GetDouble().ShouldBe(pools[0].GetProperty("coldSeconds").GetDouble() / pool.GetProperty("coldSeconds").GetDouble(), 1e-6);
        }
    }

    [Fact]
    public void Rows_are_counted_by_the_process_that_each_result_names()
    {
        var counts = trained.Json.GetProperty("pools").EnumerateArray().ToDictionary(pool => pool.GetProperty("pool").GetString()!, pool => pool.GetProperty("itemsInWorkers").GetInt32());

        counts.ShouldBe(new Dictionary<string, int> { ["serial"] = 0, ["threads:2"] = 0, ["processes:2"] = TrainedModel.Rows, ["serial:strict"] = 0 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_loaded_model_predicts_without_training()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "digits", "--data", trained.Data, "--load", trained.Model, "--train", $"{TrainedModel.Train}", "--rows", "5", "--pool", "serial", "--json");

        run.ExitCode.ShouldBe(0, run.Error);
        var json = JsonDocument.Parse(run.Output).RootElement;
        json.TryGetProperty("epochs", out _).ShouldBeFalse();
        json.GetProperty("data").TryGetProperty("train", out _).ShouldBeFalse();
        json.GetProperty("options").TryGetProperty("epochs", out _).ShouldBeFalse();
        json.GetProperty("testAccuracy").GetDouble().ShouldBe(trained.Json.GetProperty("testAccuracy").GetDouble());
        json.GetProperty("pools").EnumerateArray().ShouldHaveSingleItem().GetProperty("pool").GetString().ShouldBe("serial");
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_shows_epochs_tables_and_the_confusion_matrix()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "digits", "--data", trained.Data, "--train", "64", "--epochs", "2", "--steps", "1", "--batch", "16", "--rows", "5", "--pool", "threads:2");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Error.ShouldBeEmpty();
        foreach (var expected in new[] { "280 images to train on, 50 to test on", "2,376,810", "Epoch 1/2", "Epoch 2/2", "validation accuracy", "Saved the model", "Test accuracy", "serial", "threads:2", "identical", "as 9" })
            run.Output.ShouldContain(expected);
        run.Output.ShouldNotContain('\u001b');
        File.Exists(folder.File("digits.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_go_on_with_test_images_where_the_training_images_end()
    {
        using var folder = new TestFolder();
        string[] start = ["digits", "--data", trained.Data, "--load", trained.Model, "--train", "270", "--pool", "serial", "--json", "--rows"];

        var most = await ShoalProcess.RunAsync(folder, [.. start, "60"]);
        var tooMany = await ShoalProcess.RunAsync(folder, [.. start, "61"]);

        most.ExitCode.ShouldBe(0, most.Error);
        tooMany.ExitCode.ShouldBe(2);
        tooMany.ErrorLines.ShouldHaveSingleItem().ShouldBe("shoal digits: --rows 61: expected 1 to 60, the images of data after the 270 training images, test images included.");
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_model_file_for_any_number_of_threads()
    {
        using var folder = new TestFolder();
        var files = new List<byte[]>();
        foreach (var threads in new[] { 1, 3 })
        {
            var run = await ShoalProcess.RunAsync(folder, "digits", "--data", trained.Data, "--train", $"{TrainedModel.Train}", "--epochs", "2", "--steps", "3", "--batch", "32",
                "--rows", "1", "--seed", "7", "--threads", $"{threads}", "--pool", "serial", "--json");
            run.ExitCode.ShouldBe(0, run.Error);
            files.Add(File.ReadAllBytes(folder.File("digits.safetensors")));
        }

        files.ShouldAllBe(file => file.SequenceEqual(File.ReadAllBytes(trained.Model)));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Without_data_and_network_it_learns_digits_that_it_draws()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "digits", "--rows", "10", "--pool", "serial", "--json");

        run.ExitCode.ShouldBe(0, run.Error);
        run.ErrorLines.ShouldHaveSingleItem().ShouldContain("using synthetic digits that the program draws itself");
        var json = JsonDocument.Parse(run.Output).RootElement;
        json.GetProperty("data").GetProperty("name").GetString().ShouldBe("synthetic");
        json.GetProperty("data").GetProperty("test").GetInt32().ShouldBe(10_000);
        json.GetProperty("testAccuracy").GetDouble().ShouldBeGreaterThanOrEqualTo(0.90);
    }

    [SkippableFact]
    [Trait("Category", "Slow")]
    public async Task The_real_digits_are_learnt_and_every_pool_agrees()
    {
        Skip.If(Repository.Mnist is null, Repository.NoMnist);
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, new Dictionary<string, string?> { ["SHOAL_DATA"] = Repository.Mnist }, "digits", "--json");

        run.ExitCode.ShouldBe(0, run.Error);
        var json = JsonDocument.Parse(run.Output).RootElement;
        json.GetProperty("data").GetProperty("name").GetString().ShouldBe("mnist");
        json.GetProperty("testAccuracy").GetDouble().ShouldBeGreaterThanOrEqualTo(0.975);
        var pools = json.GetProperty("pools").EnumerateArray().ToArray();
        pools.Length.ShouldBe(3);
        pools.ShouldAllBe(pool => pool.GetProperty("identical").GetBoolean());
        pools[2].GetProperty("itemsInWorkers").GetInt32().ShouldBe(1000);
    }
}
