namespace Shoal.Learning;

/// <summary>How much the rows of each class count in training: a row's weight is multiplied by that of its class.</summary>
/// <remarks>
/// The class of a row is that of the largest target, the first of equals; with one output it is class 1 above a target of 0.5, else class 0, as for metrics. Immutable,
/// thread-safe.
/// </remarks>
public sealed class ClassWeights
{
    private readonly double[] _weights;

    /// <summary>These weights.</summary>
    /// <param name="weights">For each class from 0, finite and not negative; as many as there are classes.</param>
    /// <exception cref="ArgumentException">There is none, or one is negative or no number.</exception>
    public ClassWeights(params ReadOnlySpan<double> weights)
    {
        if (weights.IsEmpty)
            throw new ArgumentException("ClassWeights: give a weight for each class.", nameof(weights));
        for (var i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0) || !float.IsFinite((float)weights[i]))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(weights), weights[i], FormattableString.Invariant($"ClassWeights: the weight of class {i} must be 0 or more and finite (was {weights[i]})."));
            }
        }

        _weights = weights.ToArray();
    }

    /// <summary>How many classes have a weight.</summary>
    public int Count => _weights.Length;

    /// <summary>The weight of a class.</summary>
    public double this[int index] => _weights[index];

    /// <summary>Weights with which all classes count the same: rows / (classes · rows of the class), as in scikit-learn; 0 for a class without rows.</summary>
    /// <param name="labels">(rows): classes from 0.</param>
    /// <param name="classes">How many classes there are, 1 or more.</param>
    /// <exception cref="ArgumentException">A label is none of the classes, or there are no labels.</exception>
    public static ClassWeights Balanced(ReadOnlySpan<int> labels, int classes)
    {
        if (labels.IsEmpty)
            throw new ArgumentException("ClassWeights.Balanced: there are no labels.", nameof(labels));
        var counts = new int[Check.AtLeast(1, classes, nameof(ClassWeights), nameof(classes))];
        for (var row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
                throw new ArgumentException($"ClassWeights.Balanced: label {labels[row]} of row {row} is not from 0 to {classes - 1}.", nameof(labels));
            counts[labels[row]]++;
        }

        var weights = new double[classes];
        for (var i = 0; i < classes; i++)
            weights[i] = counts[i] == 0 ? 0 : labels.Length / ((double)classes * counts[i]);
        return new(weights);
    }

    /// <summary>Multiplies the weights of a batch's rows by those of their classes.</summary>
    /// <param name="outputs">Values of one target.</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="weights">(rows), changed.</param>
    /// <exception cref="ArgumentException">The outputs stand for another number of classes.</exception>
    internal void Apply(int outputs, ReadOnlySpan<float> targets, Span<float> weights)
    {
        var classes = outputs == 1 ? 2 : outputs;
        if (classes != Count)
            throw new ArgumentException($"ClassWeights has {Count} weights, the model's output stands for {classes} classes: give one for each.");
        for (var row = 0; row < weights.Length; row++)
            weights[row] *= (float)_weights[ClassOf(targets.Slice(row * outputs, outputs))];
    }

    private static int ClassOf(ReadOnlySpan<float> target) => target.Length == 1 ? (target[0] > 0.5f ? 1 : 0) : Largest.Of(target);
}
