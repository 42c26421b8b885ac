namespace Shoal.Learning.Tests;

/// <summary>Small made-up data.</summary>
internal static class Toy
{
    /// <summary>Points around (0, 1), (1, 0) and (−1, −1), with their cluster.</summary>
    public static (float[] X, int[] Labels) Clusters(int rows, ulong seed)
    {
        float[][] centres = [[0, 1], [1, 0], [-1, -1]];
        var (x, labels) = (Uniform(rows * 2, seed, 0.45f), new int[rows]);
        for (var i = 0; i < rows; i++)
        {
            labels[i] = i % 3;
            x[2 * i] += centres[labels[i]][0];
            x[2 * i + 1] += centres[labels[i]][1];
        }

        return (x, labels);
    }

    /// <summary>Values in [−scale, scale).</summary>
    public static float[] Uniform(int length, ulong seed, float scale = 1)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (2 * Philox.ToSingle(Philox.Draw(seed, (ulong)i, 99).X0) - 1) * scale;
        return values;
    }

    /// <summary>All rows of one input and one target as one batch for a model.</summary>
    public static Batch Batch(Model model, float[] x, float[] targets) => Batch(model, new Dataset(x, targets));

    /// <summary>All rows as one batch for a model.</summary>
    public static Batch Batch(Model model, Dataset data)
    {
        var source = new ArrayBatches(
            [.. model.Inputs.Select(i => i.Shape)], [.. model.OutputShapes.Select(s => s.Size)], data, new() { BatchSize = int.MaxValue, Shuffle = false });
        var batch = new Batch(source);
        source.Fill(0, batch);
        return batch;
    }

    /// <summary>Images of the given shape whose class is the quarter that is bright.</summary>
    public static (float[] X, int[] Labels) Images(int rows, Shape shape, ulong seed)
    {
        var (x, labels) = (Uniform(rows * shape.Size, seed, 0.3f), new int[rows]);
        for (var i = 0; i < rows; i++)
        {
            labels[i] = i % 4;
            for (var p = 0; p < shape.Size; p++)
            {
                var (row, column) = (p / shape[2] / shape[1], p / shape[2] % shape[1]);
                var quarter = (row * 2 >= shape[0] ? 2 : 0) + (column * 2 >= shape[1] ? 1 : 0);
                x[i * shape.Size + p] += quarter == labels[i] ? 1 : 0;
            }
        }

        return (x, labels);
    }
}
