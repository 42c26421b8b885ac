using Shoal.Learning;

GradientCheck.Run(new UpperQuantile(), 1, [1, 2, 3, 4], [2, 1, 5, 3.5f]).EnsureRight();
Console.WriteLine("The gradient of UpperQuantile is right.");

// Called once a batch with all its rows; the metric is the mean of what it writes.
var covered = new FunctionMetric("covered", (in batch, values) =>
{
    for (var row = 0; row < batch.Rows; row++)
        values[row] = batch.Targets[row] <= batch.Predictions[row] ? 1 : 0;
});

// Waiting times: from nothing to as much again as the length of the queue.
var random = new Random(1);
float[] queue = [.. Enumerable.Range(0, 4000).Select(_ => random.NextSingle())];
float[] waited = [.. queue.Select(length => length * (1 + random.NextSingle()))];

using var model = new Sequential([1], [new Dense(16), new ReLU(), new Dense(1)]);
model.Compile(new Adam(0.003), new UpperQuantile(), [covered]);
model.Fit(queue, waited, new() { Epochs = 30, BatchSize = 64 });

var result = model.Evaluate(new Dataset(queue, waited));
Console.WriteLine($"{100 * result.Metrics["covered"]:0} % waited no longer than predicted.");
Console.WriteLine($"For a queue of 100, 90 % wait at most {100 * model.Predict([1f])[0]:0}.");
