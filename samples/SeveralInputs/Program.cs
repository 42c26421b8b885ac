using Shoal.Learning;

var (training, validation) = (Sentences.Make(1500, seed: 1), Sentences.Make(300, seed: 2));

var (note, age) = (new Input("note", [Sentences.Time]), new Input("age", [1]));
var words = note.Then(new Embedding(Sentences.Words, 8, maskZero: true), new LSTM(16));
var both = new Concatenate().On(words, age.Then(new Dense(4), new ReLU())).Then(new Dense(16), new GELU());
var ward = both.Then(new Dense(Sentences.Wards), new Softmax(name: "ward"));
var days = both.Then(new Dense(1, name: "days"));
using var model = new Model([note, age], [ward, days]);

model.Compile(
    new AdamW { Schedule = new CosineDecay(peak: 0.01, decaySteps: 25 * 47, final: 0.05, warmUpSteps: 40), GlobalClipNorm = 1 },
    new Dictionary<string, OutputTraining>
    {
        ["ward"] = new(new CategoricalCrossentropy()) { Metrics = [new Accuracy()] },
        ["days"] = new(new Huber(), Weight: 2) { Metrics = [new MeanAbsoluteErrorMetric()] },
    });
var stopping = new EarlyStopping("val_loss", patience: 3, restoreBest: true);
var history = model.Fit(training, new() { Epochs = 25, Validation = validation, Callbacks = [stopping] });

var result = model.Evaluate(validation);
Console.WriteLine($"inputs {string.Join(", ", model.Inputs.Select(i => i.Name))}; outputs {string.Join(", ", model.OutputNames)}");
Console.WriteLine($"{history.Epochs.Count} epochs, the best was {stopping.BestEpoch}");
Console.WriteLine($"{100 * result.Metrics["ward_accuracy"]:0} % of the wards are right");
Console.WriteLine(FormattableString.Invariant($"the days are wrong by {result.Metrics["days_mean_absolute_error"]:0.00}"));

// One array for each input gives one for each output.
float[][] outputs = model.Predict([new float[] { 2, 9, 9, 0, 0, 0, 0, 0 }, new float[] { 0.5f }]);
Console.WriteLine($"a note with the word 2: ward {Array.IndexOf(outputs[0], outputs[0].Max())}, about {outputs[1][0]:0} day");
