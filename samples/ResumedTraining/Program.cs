using Shoal.Learning;

var random = new Random(1);
float[] x = [.. Enumerable.Range(0, 4000).Select(_ => random.NextSingle())];
int[] labels = [.. x.Chunk(4).Select(row => row[0] * row[1] > row[2] * row[3] ? 1 : 0)];
var folder = Directory.CreateTempSubdirectory("shoal-sample-");
var options = new FitOptions { Epochs = 6, Seed = 7, WeightAverage = WeightAverage.Exponential(0.99) };

using var whole = Network();
whole.Fit(x, labels, options);

// The file is written after each epoch, whole or not at all.
options = options with { Checkpoint = Path.Combine(folder.FullName, "training.safetensors"), Resume = true };
using var cut = Network();
using var stop = new CancellationTokenSource();
try
{
    cut.Fit(x, labels, options with { EpochEnd = epoch => StopAfter(2, epoch) }, stop.Token);
}
catch (OperationCanceledException)
{
    Console.WriteLine("cut after epoch 2");
}

// The same call goes on where the file is, and begins anew where there is none.
using var resumed = Network();
var history = resumed.Fit(x, labels, options);

Console.WriteLine($"the resumed training knows its {history.Epochs.Count} epochs");
Console.WriteLine($"the same bits as the whole one: {Weights(resumed).SequenceEqual(Weights(whole))}");
Console.WriteLine($"the model that was cut has others: {!Weights(cut).SequenceEqual(Weights(whole))}");
folder.Delete(true);

static Sequential Network()
{
    var model = new Sequential([4], [new Dense(32), new BatchNorm(), new ReLU(), new Dropout(0.2), new Dense(2), new Softmax()]);
    model.Compile(new Adam(0.01));
    return model;
}

static IEnumerable<float> Weights(Model model) => model.Parameters.SelectMany(p => p.ToArray());

void StopAfter(int last, EpochResult epoch)
{
    if (epoch.Epoch == last)
        stop.Cancel();
}
