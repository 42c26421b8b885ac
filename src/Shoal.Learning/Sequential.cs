namespace Shoal.Learning;

/// <summary>A network whose layers follow each other.</summary>
/// <remarks>
/// <code>
/// using var model = new Sequential([4], [new Dense(16), new ReLU(), new Dense(3), new Softmax()]);
/// model.Fit(x, labels, new FitOptions { Epochs = 20 });
/// </code>
/// </remarks>
public sealed class Sequential : Model
{
    internal const string InputName = "input";

    /// <summary>Checks that the layers fit each other, then allocates and initialises their parameters.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="layers">The layers in order; they belong to this model from now on.</param>
    /// <param name="options">Seed and threads; null for the defaults.</param>
    /// <exception cref="ArgumentException">A layer cannot take what the one before gives; the message names both and the shape.</exception>
    public Sequential(Shape input, IEnumerable<Layer> layers, ModelOptions? options = null)
        : base(LayerChain.Build(input, [.. layers]), options, initialise: true, check: null)
    {
    }

    internal Sequential(Graph graph, ModelOptions? options, Action<IReadOnlyList<(string Name, ParameterPlan Plan)>> check)
        : base(graph, options, initialise: false, check)
    {
    }

    /// <summary>A model from a file that <see cref="Model.Save"/> wrote, with the same architecture and bits.</summary>
    /// <param name="path">The file; it is checked before memory of the sizes it names is taken.</param>
    /// <param name="options">Threads; the seed does not matter. Null for the defaults.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or holds no row of layers; one line with the place and what to do.</exception>
    public static new Sequential Load(string path, ModelOptions? options = null)
    {
        var model = Model.Load(path, options);
        if (model is Sequential sequential)
            return sequential;
        model.Dispose();
        throw new ModelFileException(path, "holds a model whose layers are no single row. Read it with Model.Load.");
    }
}
