namespace Shoal.Learning;

/// <summary>The convolutional network for handwritten digits: 2,376,810 parameters, 28 by 28 pixels from 0 to 1 in, ten probabilities out.</summary>
public static class DigitsNetwork
{
    private const int Filters = 32;
    private const int Units = 512;
    private const double DropoutRate = 0.2;

    /// <summary>One image: rows, columns, one channel.</summary>
    public static Shape InputShape { get; } = [28, 28, 1];

    /// <summary>The classes: digits 0 to 9.</summary>
    public static int Classes => 10;

    /// <summary>The augmentation that it is trained with: rotation 8°, shifts 0.08, shear 0.3°, zoom 0.08.</summary>
    public static ImageAugmentation Augmentation { get; } =
        new() { RotationDegrees = 8, WidthShift = 0.08, HeightShift = 0.08, ShearDegrees = 0.3, Zoom = 0.08 };

    /// <summary>A new network, ready to fit with Adam and cross-entropy.</summary>
    /// <param name="options">Seed of the weights and threads; null for the defaults.</param>
    /// <param name="statistics">Which statistics its batch normalisation keeps. <value><see cref="BatchNormStatistics.Accurate"/></value></param>
    public static Sequential Create(ModelOptions? options = null, BatchNormStatistics statistics = BatchNormStatistics.Accurate) =>
        new(
            InputShape,
            [
                new Conv2D(Filters, 3), new BatchNorm(statistics: statistics), new ReLU(),
                new Conv2D(Filters, 3), new BatchNorm(statistics: statistics), new ReLU(),
                new MaxPool(2), new Flatten(),
                new Dense(Units), new BatchNorm(statistics: statistics), new ReLU(), new Dropout(DropoutRate),
                new Dense(Classes), new Softmax(),
            ],
            options);

    /// <summary>A saved network of this architecture.</summary>
    /// <param name="path">A file that <see cref="Model.Save"/> wrote.</param>
    /// <param name="options">Threads; null for the defaults.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or holds a model that does not take digits and give ten classes.</exception>
    public static Sequential Load(string path, ModelOptions? options = null)
    {
        var model = Sequential.Load(path, options);
        if (model.InputShape.Equals(InputShape) && model.OutputShape.Equals(new Shape(Classes)))
            return model;
        var (input, output) = (model.InputShape, model.OutputShape);
        model.Dispose();
        throw new ModelFileException(
            path,
            $"holds a model from {input} to {output}, expected one from {InputShape} to ({Classes}). Name a file that shoal digits --save wrote.");
    }
}
