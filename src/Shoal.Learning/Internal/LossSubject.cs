using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A loss, as <see cref="GradientCheck"/> looks at it: the mean over the rows, by the predictions.</summary>
internal sealed class LossSubject : IGradientSubject
{
    private readonly Loss _loss;
    private readonly IKernels _kernels;
    private readonly int _rows;
    private readonly int _outputs;
    private readonly Storage _predictions;
    private readonly Storage _targets;
    private readonly Storage _losses;
    private readonly Storage _gradient;

    public LossSubject(Loss loss, int outputs, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Workspace workspace)
    {
        (_loss, _kernels, _outputs, _rows) = (loss, workspace.Kernels, outputs, predictions.Length / outputs);
        _predictions = workspace.Allocate(predictions.Length);
        _targets = workspace.Allocate(predictions.Length);
        _gradient = workspace.Allocate(predictions.Length);
        _losses = workspace.Allocate(_rows);
        _kernels.Write(predictions, _predictions);
        _kernels.Write(targets, _targets);
        OutputWeights = [.. Enumerable.Repeat(1f / _rows, _rows)];
        Evaluate(new float[_rows]);
        var gradient = new float[predictions.Length];
        _kernels.Read(_gradient, gradient);
        Tensors = [("predictions", predictions.ToArray(), gradient)];
    }

    public IReadOnlyList<float> OutputWeights { get; }

    public IReadOnlyList<(string Name, float[] Values, float[] Gradient)> Tensors { get; }

    public void Set(int tensor, int index, float value) => _kernels.Write([value], _predictions, index);

    public void Evaluate(float[] outputs)
    {
        _loss.Compute(_kernels, _rows, _outputs, _predictions, _targets, _losses, _gradient);
        _kernels.Read(_losses, outputs);
    }
}
