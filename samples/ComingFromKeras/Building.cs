using Shoal.Learning;

/// <summary>Models: rows of layers and graphs.</summary>
internal static class Building
{
    public static void Run()
    {
        #region sequential
        using var digits = new Sequential([28, 28, 1],                        // keras.Sequential([Input((28, 28, 1)),
        [
            new Conv2D(32, 3), new ReLU(), new MaxPool(2),                    //     Conv2D(32, 3, activation="relu"), MaxPooling2D(2),
            new Flatten(), new Dropout(0.2), new Dense(10), new Softmax(),    //     Flatten(), Dropout(0.2), Dense(10, activation="softmax")])
        ],
        new() { Seed = 1, Threads = 2 });                                     // keras.utils.set_random_seed(1)
        Console.WriteLine(digits.ParameterCount);                             // model.count_params()
        #endregion

        #region graph
        var (note, age) = (new Input("note", [8]), new Input("age", [1]));    // Input((8,), name="note"), Input((1,), name="age")
        var words = note.Then(new Embedding(20, 8, maskZero: true),           // Embedding(20, 8, mask_zero=True)(note)
            new LSTM(16));                                                    // LSTM(16)(…)
        var both = new Concatenate().On(words, age);                          // Concatenate()([words, age])
        var ward = both.Then(new Dense(3), new Softmax(name: "ward"));        // Dense(3, activation="softmax", name="ward")(both)
        var days = both.Then(new Dense(1, name: "days"));                     // Dense(1, name="days")(both)
        using var model = new Model([note, age], [ward, days]);               // keras.Model([note, age], [ward, days])
        #endregion

        #region compile
        model.Compile(new AdamW { GlobalClipNorm = 1 }, new Dictionary<string, OutputTraining>      // model.compile(AdamW(global_clipnorm=1),
        {
            ["ward"] = new(new CategoricalCrossentropy()) { Metrics = [new Accuracy()] },           //     loss={"ward": …}, metrics={"ward": […]},
            ["days"] = new(new Huber(), Weight: 2) { Metrics = [new MeanAbsoluteErrorMetric()] },   //     loss_weights={"days": 2})
        });
        #endregion
        Console.WriteLine(string.Join(" ", model.OutputNames));
    }
}
