using Shoal.Learning;

namespace Shoal.Bench.Learning;

/// <summary>The digits network: training, prediction, its memory.</summary>
internal sealed class Network : IDisposable
{
    internal const int Batch = 128;
    internal const int Rows = 6_000;
    internal const int Pixels = 784;
    internal const double TrainingFlops = 2 * 23_407_872.0;
    internal const double ForwardFlops = 2 * 7_867_520.0;

    private readonly float[] _images;
    private readonly int[] _labels;
    private readonly Sequential _model;
    private readonly Sequential _predictor;
    private readonly float[] _probabilities = new float[Rows * 10];

    /// <param name="images">(6000, 784).</param>
    /// <param name="labels">(6000).</param>
    /// <param name="trained">A saved network to predict with.</param>
    /// <param name="threads">Threads of each computation.</param>
    public Network(float[] images, int[] labels, string trained, int threads)
    {
        (_images, _labels) = (images, labels);
        _model = DigitsNetwork.Create(new() { Seed = 1, Threads = threads });
        _predictor = DigitsNetwork.Load(trained, new() { Threads = threads });
    }

    /// <summary>Trains a network for one epoch of the tutorial and saves it.</summary>
    public static void SaveTrained(float[] images, int[] labels, string path)
    {
        using var model = DigitsNetwork.Create(new() { Seed = 1 });
        model.Fit(images, labels, new() { StepsPerEpoch = 46, BatchSize = Batch, Seed = 1 });
        model.Save(path);
    }

    /// <summary>Steps of training as the peer makes them: shuffled, without augmentation.</summary>
    public void Train(int steps) =>
        _model.Fit(_images, _labels, new() { StepsPerEpoch = steps, BatchSize = Batch, Seed = 1, StatisticsBatches = 0 });

    /// <summary>Calls of prediction, each with the next rows.</summary>
    public void Predict(int batch, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            var first = call * batch % (Rows - batch + 1);
            _predictor.Predict(_images.AsSpan(first * Pixels, batch * Pixels), _probabilities.AsSpan(first * 10, batch * 10));
        }
    }

    /// <summary>The probabilities of the first rows.</summary>
    public float[] Outputs(int rows) => _predictor.Predict(_images.AsSpan(0, rows * Pixels));

    /// <summary>Bytes that one warm step allocates on the managed heap: what twelve more steps of a call add, over twelve.</summary>
    public double BytesAStep()
    {
        Train(24);
        var shorter = Allocated(12);
        return (Allocated(24) - shorter) / 12.0;
    }

    public void Dispose()
    {
        _model.Dispose();
        _predictor.Dispose();
    }

    private long Allocated(int steps)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Train(steps);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
