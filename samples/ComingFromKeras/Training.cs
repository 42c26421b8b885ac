using Shoal.Learning;

/// <summary>Fit, Evaluate, Predict and what can be said about them.</summary>
internal static class Training
{
    public static void Run()
    {
        var (x, labels) = Points.Make(600, seed: 1);
        var validation = new Dataset(Points.Make(200, seed: 2).X, Points.Make(200, seed: 2).Labels);
        using var model = Points.Network();

        #region fit
        model.Compile(new Adam(0.01));                                        // model.compile(Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"])
        History history = model.Fit(x, labels, new()                          // history = model.fit(x, labels,
        {
            Epochs = 5,                                                       //     epochs=5,
            BatchSize = 32,                                                   //     batch_size=32,
            Validation = validation,                                          //     validation_data=…,
            ClassWeights = new(1, 2),                                         //     class_weight={0: 1, 1: 2},
            Callbacks = [new EarlyStopping(patience: 3, restoreBest: true)],  //     callbacks=[EarlyStopping(patience=3, restore_best_weights=True)])
        });
        double loss = history.Last.Loss;                                      // history.history["loss"][-1]
        EvaluationResult result = model.Evaluate(validation);                 // model.evaluate(…)
        float[] probabilities = model.Predict(x);                             // model.predict(x)
        #endregion
        Console.WriteLine($"{history.Epochs.Count} {loss < 1} {result.Rows} {probabilities.Length}");

        #region weights
        float[] weights = [.. labels.Select(label => label == 0 ? 0.5f : 1)];
        var data = new Dataset(x, labels) { Weights = weights };              // model.fit(x, labels, sample_weight=weights)
        model.Fit(data);
        #endregion

        #region source
        model.Fit(new PointBatches(32), new() { StepsPerEpoch = 20 });        // model.fit(PyDataset, steps_per_epoch=20)
        #endregion

        #region schedule
        var schedule = new CosineDecay(peak: 0.01, decaySteps: 100, warmUpSteps: 10);   // CosineDecay(0, 100, warmup_target=0.01, warmup_steps=10)
        model.Compile(new SGD { Schedule = schedule });                                 // SGD(learning_rate=schedule)
        model.Fit(x, labels, new() { WeightAverage = WeightAverage.Exponential(0.99) });     // SGD(…, use_ema=True, ema_momentum=0.99)
        #endregion

        #region finite
        x[3] = float.NaN;
        try
        {
            model.Fit(x, labels);
        }
        catch (TrainingFailedException failure)
        {
            Console.WriteLine($"step {failure.Step}, layer {failure.Layer}");
        }

        history = model.Fit(x, labels, new() { OnNotFinite = OnNotFinite.Skip });
        Console.WriteLine($"{history.Last.SkippedSteps} step was left out");
        #endregion
    }
}
