using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>
/// A convolution, its batch normalisation, ReLU and perhaps max pooling as one layer of a training: the same bits, with each image still in the cache.
/// </summary>
/// <remarks>It stands in for layers of the model, whose parameters and statistics it uses, and is never planned or saved itself.</remarks>
internal sealed class ConvolutionBlock : Layer
{
    // Products of one sum. The 9 of the digits network's first convolution cost 0.9 ms a batch, its kept images 11 MB.
    private const int CheapProducts = 16;

    private readonly IKernels _kernels;
    private readonly Conv2D _convolution;
    private readonly BatchNorm _norm;
    private readonly MaxPool? _pool;
    private Storage? _convolved;

    private ConvolutionBlock(IKernels kernels, Conv2D convolution, BatchNorm norm, MaxPool? pool)
        : base(nameof(ConvolutionBlock), null)
    {
        (_kernels, _convolution, _norm, _pool) = (kernels, convolution, norm, pool);
        Parameters = [.. convolution.Parameters, .. norm.Parameters];
    }

    public override bool BackwardReadsOutput => _pool is not null;

    /// <summary>Values a row that it keeps between forward and backward; 0 where convolving again costs less than keeping.</summary>
    public int KeptSize => _pool is null && _convolution.InputShape[^1] * _convolution.KernelSize.Height * _convolution.KernelSize.Width <= CheapProducts ? 0 : _convolution.OutputShape.Size;

    internal override bool BackwardOverInput => true;

    private Storage? Bias => _convolution.UseBias ? _convolution.Parameters[1].Value : null;

    private Storage? BiasGradient => _convolution.UseBias ? _convolution.Parameters[1].Gradient : null;

    /// <summary>The steps with each such row of layers as one step, where the kernels say that it pays.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="steps">The steps of its training.</param>
    /// <param name="isSeen">Whether somebody outside looks at a value.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="batchSize">Rows of the largest batch.</param>
    public static IReadOnlyList<Graph.Step> Fuse(
        Graph graph, IReadOnlyList<Graph.Step> steps, Func<int, bool> isSeen, IKernels kernels, int batchSize)
    {
        var fused = new List<Graph.Step>(steps.Count);
        for (var i = 0; i < steps.Count; i++)
        {
            var (convolution, norm, relu, pool) = (At<Conv2D>(i), Next<BatchNorm>(i), Next<ReLU>(i + 1), Next<MaxPool>(i + 2));
            if (convolution is null || norm is null || relu is null)
            {
                fused.Add(steps[i]);
                continue;
            }

            var block = new ConvolutionBlock(kernels, convolution, norm, pool);
            var last = steps[pool is null ? i + 2 : i + 3];
            if (!kernels.FusesConvolutionBlock(block.ShapeFor(batchSize)))
            {
                fused.Add(steps[i]);
                continue;
            }

            fused.Add(new(block, last.Plan, steps[i].Inputs, last.Output, IsImplied: false));
            i += pool is null ? 2 : 3;
        }

        return fused;

        T? At<T>(int i)
            where T : Layer => i < steps.Count ? steps[i].Layer as T : null;

        // The layer behind step i, if that is all that is made of its output.
        T? Next<T>(int i)
            where T : Layer =>
            At<T>(i + 1) is { } next && steps[i + 1].Inputs.SequenceEqual([steps[i].Output]) && graph.ConsumersOf(steps[i].Output).Count == 1 && !isSeen(steps[i].Output)
                ? next
                : null;
    }

    /// <summary>Takes the memory for what it keeps.</summary>
    public void Use(Storage kept) => _convolved = kept;

    public override LayerPlan Plan(Shape input) => throw new NotSupportedException("A block stands for layers that are planned already.");

    public override void Forward(in Pass pass, Storage x, Storage y)
    {
        _kernels.ConvolutionBlockForward(
            ShapeFor(pass.Rows), x, _convolution.Parameters[0].Value, Bias, _norm.Gamma.Value, _norm.Beta.Value, (float)_norm.Epsilon, _convolved, _norm.BatchMean,
            _norm.BatchVariance, y);
        _norm.TakeStatistics(pass.Rows);
    }

    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => _kernels.ConvolutionBlockGradient(
        ShapeFor(pass.Rows), x, _convolution.Parameters[0].Value, Bias, _norm.Gamma.Value, _norm.Beta.Value, (float)_norm.Epsilon, _convolved, _norm.BatchMean,
        _norm.BatchVariance, y, dy, _convolution.Parameters[0].Gradient!, BiasGradient, _norm.Gamma.Gradient!, _norm.Beta.Gradient!, dx);

    private ConvolutionBlockShape ShapeFor(int rows) => new(_convolution.ShapeFor(rows), _pool?.ShapeFor(rows));
}
