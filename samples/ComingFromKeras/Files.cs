using Shoal.Learning;

/// <summary>Models as files.</summary>
internal static class Files
{
    public static void Run()
    {
        var (x, labels) = Points.Make(200, seed: 1);
        var folder = Directory.CreateTempSubdirectory("shoal-sample-").FullName;
        using var model = Points.Network();
        model.Fit(x, labels);

        var path = Path.Combine(folder, "points.safetensors");
        #region save
        model.Save(path);                                                     // model.save("points.keras")
        using var loaded = Model.Load(path);                                  // keras.models.load_model("points.keras")
        model.LoadWeights(path);                                              // model.load_weights("points.weights.h5")
        #endregion
        Console.WriteLine(loaded.Predict(x).SequenceEqual(model.Predict(x)));

        #region tensors
        SafeTensorsFile file = SafeTensors.Read(path);
        float[] kernel = file.Tensors["dense/kernel"].ToSingles();            // model.layers[0].get_weights()[0]
        model.Parameters[0].Set(kernel);                                      // model.layers[0].set_weights(…)
        #endregion
        Console.WriteLine(string.Join(" ", file.Tensors.Keys.Order(StringComparer.Ordinal)));
        Directory.Delete(folder, true);
    }
}
