using Shoal.Learning;

// Images of 8 × 8 whose class is the half that is bright.
var random = new Random(1);
int[] labels = [.. Enumerable.Range(0, 256).Select(_ => random.Next(2))];
float[] images = [.. labels.SelectMany(label => Enumerable.Range(0, 64).Select(p => (p < 32) == (label == 0) ? 0.5f + random.NextSingle() : random.NextSingle()))];

using var model = new Sequential([8, 8, 1],
[
    new Conv2D(8, 3), new BatchNorm(), new ReLU(), new MaxPool(2), new Flatten(), new Dropout(0.2), new Dense(2), new Softmax(),
]);
model.Fit(images, labels, new() { Epochs = 5 });
var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.onnx");
model.SaveOnnx(path);

// Any program that runs ONNX takes it from here; ours, too.
using var onnx = OnnxModel.Load(path);
float[] found = onnx.Predict(OnnxTensor.Create<float>([256, 8, 8, 1], images)).ToArray<float>();
float[] expected = model.Predict(images);
File.Delete(path);

Console.WriteLine($"{string.Join(", ", onnx.Inputs.Select(i => i.Name))} → {string.Join(", ", onnx.Outputs.Select(o => o.Name))}");
Console.WriteLine($"the same probabilities within 0.00001: {expected.Zip(found, (a, b) => Math.Abs(a - b)).Max() < 1e-5}");
Console.WriteLine($"{100 * model.Evaluate(images, labels).Accuracy:0} % of the images are told apart");
