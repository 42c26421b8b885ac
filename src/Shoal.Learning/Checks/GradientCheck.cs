using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>Compares the gradients that a layer or loss computes with finite differences: the test of whoever writes one of their own.</summary>
/// <remarks>
/// <para>
/// The objective is Σ dy·y with random dy. For each value, the slope is estimated from central differences at two steps (Richardson: the errors
/// of second order cancel), for steps from 1/16 down to 1/4096, and the estimate with the least uncertainty counts. All numbers are float32 but
/// the differences are summed in double, output by output, so that outputs that do not depend on the value cancel without a trace. The
/// uncertainty adds up what the two steps disagree about, what the slopes left and right of the value disagree about beyond a smooth bend (an
/// edge, as of a ReLU, lies between), and the rounding of the outputs that changed.
/// </para>
/// <para>
/// A gradient is wrong if it is further from the estimate than <see cref="GradientCheckOptions.Tolerance"/> of the tensor's largest plus three
/// times the uncertainty; a value where those three are more than ten tolerances is not settled, and a tensor with more than a tenth of such
/// values is not right. So an error below about 0.1 % of the largest gradient is not seen; one that a mistake in a formula makes is hardly ever that small.
/// </para>
/// <para>
/// The layer's promises are checked too: before the backward pass x and y are overwritten with NaN where <see cref="Layer.BackwardReadsInput"/>
/// or <see cref="Layer.BackwardReadsOutput"/> says that nobody reads them.
/// </para>
/// <code>
/// GradientCheck.Run(new Swish(), [4, 3]).EnsureRight();
/// </code>
/// </remarks>
public static class GradientCheck
{
    /// <summary>Checks a layer with one input.</summary>
    /// <param name="layer">A new layer; it is used up.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The layer cannot take this shape.</exception>
    public static GradientReport Run(Layer layer, Shape input, GradientCheckOptions? options = null) => Run(layer, (IReadOnlyList<Shape>)[input], options);

    /// <summary>Checks a layer with several inputs.</summary>
    /// <param name="layer">A new layer; it is used up.</param>
    /// <param name="inputs">The shapes of one sample of each input.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The layer cannot take these shapes.</exception>
    public static GradientReport Run(Layer layer, IReadOnlyList<Shape> inputs, GradientCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(inputs);
        options ??= new();
        using var workspace = new Workspace(new CpuKernels(1), ownsKernels: true);
        var subject = new LayerSubject(layer, inputs, options, workspace);
        return new GradientReport(layer.ToString(), FiniteDifferences.Compare(subject, options.Tolerance));
    }

    /// <summary>Checks a loss: the gradient of the mean of its losses by the predictions.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">Values of one prediction, 1 or more.</param>
    /// <param name="predictions">(rows, outputs), of values for which the loss is defined around them.</param>
    /// <param name="targets">(rows, outputs).</param>
    /// <param name="options">Null for the defaults; rows and range do not matter.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static GradientReport Run(
        Loss loss, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, GradientCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Check.AtLeast(1, outputs, nameof(GradientCheck), nameof(outputs));
        if (predictions.IsEmpty || predictions.Length % outputs != 0 || targets.Length != predictions.Length)
        {
            throw new ArgumentException(
                $"GradientCheck: {predictions.Length} predictions and {targets.Length} targets, expected the same multiple of {outputs} outputs.");
        }

        options ??= new();
        using var workspace = new Workspace(new CpuKernels(1), ownsKernels: true);
        var subject = new LossSubject(loss, outputs, predictions, targets, workspace);
        return new GradientReport(loss.GetType().Name, FiniteDifferences.Compare(subject, options.Tolerance));
    }
}
