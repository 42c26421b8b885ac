namespace Shoal.Learning;

public abstract partial record Initializer
{
    /// <summary>A matrix with orthonormal rows or columns, whichever are fewer, times a gain.</summary>
    /// <remarks>
    /// Of a shape with more than two axes all but the last count as rows. Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear
    /// dynamics of learning in deep linear neural networks", ICLR 2014.
    /// </remarks>
    /// <param name="gain">What the matrix is multiplied by, from 0 to 1e6. <value>1</value></param>
    public static Initializer Orthogonal(double gain = 1) =>
        new OrthogonalMatrix(Check.Between(0, 1e6, gain, $"{nameof(Initializer)}.{nameof(Orthogonal)}", nameof(gain)));

    private sealed record OrthogonalMatrix(double Gain, int Columns = 0) : Initializer
    {
        public override Initializer ForShape(Shape shape) => shape.Count > 1
            ? this with { Columns = shape[^1] }
            : throw new ArgumentException($"Initializer.Orthogonal: the parameter has shape {shape}, expected two axes or more.");

        public override void Fill(Span<float> values, ulong key)
        {
            if (Columns == 0)
                throw new InvalidOperationException("This initializer depends on the parameter's shape: call ForShape first.");
            var rows = values.Length / Columns;
            var (count, length) = (Math.Min(rows, Columns), Math.Max(rows, Columns));
            var vectors = Vectors(count, length, key);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(Gain * (rows < Columns ? vectors[i / Columns][i % Columns] : vectors[i % Columns][i / Columns]));
        }

        // Gram and Schmidt on normal numbers, each vector made orthogonal twice: after that it is so to the last digits.
        private static double[][] Vectors(int count, int length, ulong key)
        {
            var normal = new float[count * length];
            new Gaussian(0, 1).Fill(normal, key);
            var vectors = new double[count][];
            for (var k = 0; k < count; k++)
            {
                var vector = Array.ConvertAll(normal[(k * length)..((k + 1) * length)], value => (double)value);
                for (var before = 0; before < 2 * k; before++)
                {
                    var other = vectors[before % k];
                    var along = Dot(vector, other);
                    for (var i = 0; i < length; i++)
                        vector[i] = Math.FusedMultiplyAdd(-along, other[i], vector[i]);
                }

                var norm = Math.Sqrt(Dot(vector, vector));
                for (var i = 0; i < length; i++)
                    vector[i] /= norm;
                vectors[k] = vector;
            }

            return vectors;
        }

        private static double Dot(double[] left, double[] right)
        {
            var sum = 0.0;
            for (var i = 0; i < left.Length; i++)
                sum = Math.FusedMultiplyAdd(left[i], right[i], sum);
            return sum;
        }
    }
}
