using Shoal.Learning;

GradientCheck.Run(new PReLU(), [4, 3]).EnsureRight();
Console.WriteLine("The gradients of PReLU are right.");

var random = new Random(1);
float[] x = [.. Enumerable.Range(0, 600).Select(_ => (2 * random.NextSingle()) - 1)];
float[] y = [.. x.Chunk(2).Select(p => Math.Abs(p[0]) - Math.Abs(p[1]))];
using var model = new Sequential([2], [new Dense(8), new PReLU(), new Dense(1)]);
model.Compile(new Adam(0.02), new MeanSquaredError(), [new MeanAbsoluteErrorMetric()]);
var history = model.Fit(x, y, new() { Epochs = 40 });
Console.WriteLine($"The mean error is below 0.05: {history.Last.Metrics["mean_absolute_error"] < 0.05}");

var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
model.Save(path);
LayerKinds.Register("PReLU", options => new PReLU(options.Number("firstSlope"), options.Name));
using var loaded = Model.Load(path);
Console.WriteLine($"Loaded, the model gives the same bits: {loaded.Predict(x).SequenceEqual(model.Predict(x))}");
File.Delete(path);
