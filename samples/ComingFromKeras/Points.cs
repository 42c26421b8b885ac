using Shoal.Learning;

/// <summary>Made-up data: points of the unit square and whether they lie above its diagonal.</summary>
internal static class Points
{
    public static (float[] X, int[] Labels) Make(int count, int seed)
    {
        var random = new Random(seed);
        float[] x = [.. Enumerable.Range(0, 2 * count).Select(_ => random.NextSingle())];
        return (x, [.. x.Chunk(2).Select(point => point[0] + point[1] < 1 ? 0 : 1)]);
    }

    public static Sequential Network() => new([2], [new Dense(16), new ReLU(), new Dense(2), new Softmax()]);
}

/// <summary>Batches that are made as they are asked for: the same number, the same batch.</summary>
internal sealed class PointBatches(int batchSize) : IBatchSource
{
    public IReadOnlyList<Shape> InputShapes { get; } = [[2]];

    public IReadOnlyList<int> TargetLengths { get; } = [2];

    public int BatchSize => batchSize;

    public int? StepsPerPass => null;

    public int Fill(long step, Batch batch)
    {
        var (x, labels) = Points.Make(batchSize, seed: (int)step);
        x.CopyTo(batch.Inputs[0], 0);
        for (var row = 0; row < batchSize; row++)
            (batch.Targets[0][2 * row], batch.Targets[0][(2 * row) + 1]) = labels[row] == 0 ? (1, 0) : (0, 1);
        return batchSize;
    }
}
