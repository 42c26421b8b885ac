using Shoal.Numerics;

namespace Shoal.Learning;

/// <summary>A matrix whose rows (or columns, where there are more rows) have length 1 and stand at right angles to each other, as Keras' <c>orthogonal</c>.</summary>
/// <remarks>
/// Normal numbers, then Gram and Schmidt's way in double, each vector twice, which is enough for full accuracy: the same bits on every machine.
/// Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014; Giraud et al., "The
/// loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005.
/// </remarks>
internal sealed record OrthogonalInitializer(int Rows, int Columns) : Initializer
{
    public override void Fill(Span<float> values, ulong key)
    {
        var wide = Rows <= Columns;
        var (count, length) = wide ? (Rows, Columns) : (Columns, Rows);
        var vectors = new double[count * length];
        FillNormal(vectors, key);
        var parts = new double[count];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * length, length);
            TakeAway(vectors, i, vector, parts);
            TakeAway(vectors, i, vector, parts);
            Normalise(vector);
            for (var k = 0; k < length; k++)
                values[wide ? (i * length) + k : (k * count) + i] = (float)vector[k];
        }
    }

    /// <summary>Takes away from a vector what it shares with the first <paramref name="count"/> ones.</summary>
    private static void TakeAway(ReadOnlySpan<double> vectors, int count, Span<double> vector, double[] parts)
    {
        var length = vector.Length;

        // Four sums at a time, since one alone waits for each of its additions; the last ones may be computed twice.
        for (var j = 0; j < count; j += 4)
        {
            var (j1, j2, j3) = (Math.Min(j + 1, count - 1), Math.Min(j + 2, count - 1), Math.Min(j + 3, count - 1));
            ReadOnlySpan<double> q0 = vectors.Slice(j * length, length), q1 = vectors.Slice(j1 * length, length);
            ReadOnlySpan<double> q2 = vectors.Slice(j2 * length, length), q3 = vectors.Slice(j3 * length, length);
            var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
            for (var k = 0; k < length; k++)
            {
                s0 = Math.FusedMultiplyAdd(q0[k], vector[k], s0);
                s1 = Math.FusedMultiplyAdd(q1[k], vector[k], s1);
                s2 = Math.FusedMultiplyAdd(q2[k], vector[k], s2);
                s3 = Math.FusedMultiplyAdd(q3[k], vector[k], s3);
            }

            (parts[j], parts[j1], parts[j2], parts[j3]) = (s0, s1, s2, s3);
        }

        for (var j = 0; j < count; j++)
        {
            var q = vectors.Slice(j * length, length);
            for (var k = 0; k < length; k++)
                vector[k] = Math.FusedMultiplyAdd(-parts[j], q[k], vector[k]);
        }
    }

    private static void Normalise(Span<double> vector)
    {
        var sum = 0.0;
        foreach (var value in vector)
            sum = Math.FusedMultiplyAdd(value, value, sum);
        var length = Math.Sqrt(sum);
        foreach (ref var value in vector)
            value /= length;
    }

    /// <summary>Box and Muller's normal numbers, two from each two words.</summary>
    private static void FillNormal(Span<double> values, ulong key)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            var (high, low, _, _) = Philox.Draw(key, (ulong)i / 2, 0);
            var radius = Math.Sqrt(-2 * SpecialFunctions.Log((high + 1.0) / (1L << 32)));
            var angle = 2 * Math.PI * (low / (double)(1L << 32));
            values[i] = radius * SpecialFunctions.Cos(angle);
            if (i + 1 < values.Length)
                values[i + 1] = radius * SpecialFunctions.Sin(angle);
        }
    }
}
