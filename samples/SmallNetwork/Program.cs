using Shoal.Learning;

var random = new Random(1);
float[] x = [.. Enumerable.Range(0, 800).Select(_ => random.NextSingle())];
int[] labels = [.. x.Chunk(2).Select(point => point[0] + point[1] < 1 ? 0 : 1)];

using var model = new Sequential([2], [new Dense(16), new ReLU(), new Dense(2), new Softmax()]);
model.Compile(new Adam(0.01));
model.Fit(x, labels, new() { Epochs = 20 });
float[] probabilities = model.Predict([0.2f, 0.3f, 0.9f, 0.8f]);

Console.WriteLine($"{100 * model.Evaluate(x, labels).Accuracy:0} % of the points are told apart");
Console.WriteLine($"(0.2, 0.3) is below the diagonal with {100 * probabilities[0]:0} %, (0.9, 0.8) above it with {100 * probabilities[3]:0} %");
