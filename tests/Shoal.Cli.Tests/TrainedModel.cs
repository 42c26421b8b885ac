using System.Text.Json;

namespace Shoal.Cli.Tests;

/// <summary>One small run that trains, shared by the tests that only look at it or load its model.</summary>
public sealed class TrainedModel : IAsyncLifetime
{
    public const int Train = 256;
    public const int Rows = 40;

    internal TestFolder Folder { get; } = new();

    internal string Data { get; private set; } = "";

    internal string Model => Folder.File("small.safetensors");

    internal Ran Run { get; private set; } = null!;

    internal JsonElement Json { get; private set; }

    public async Task InitializeAsync()
    {
        Data = await Folder.WriteDigitsAsync(train: 280, test: 50);
        Run = await ShoalProcess.RunAsync(Folder, "digits", "--data", Data, "--train", $"{Train}", "--epochs", "2", "--steps", "3", "--batch", "32",
            "--rows", $"{Rows}", "--seed", "7", "--threads", "2", "--save", Model, "--json", "--pool", "threads:2", "--pool", "processes:2", "--pool", "serial:strict");
        if (Run.ExitCode == 0)
            Json = JsonDocument.Parse(Run.Output).RootElement;
    }

    public Task DisposeAsync()
    {
        Folder.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Tests that start programs share the machine: one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Programs : ICollectionFixture<TrainedModel>
{
    public const string Name = "programs";
}
