namespace Shoal.Numerics.Algebra;

/// <summary>Eigenvalues of a symmetric tridiagonal matrix by the implicit QL and QR iterations; the plane rotations go to whoever wants the vectors.</summary>
/// <remarks>LAPACK's dsteqr: QL or QR by which end of a block is larger, so that graded matrices keep their small eigenvalues; Wilkinson's shift.</remarks>
internal static unsafe class Tridiagonal
{
    private const double Epsilon = 1.1102230246251565e-16;
    private const double SafeMinimum = 2.2250738585072014e-308;
    private const int SweepsForEach = 30;

    /// <summary>Takes the rotations of one sweep: of rows (row, row + 1), and then of the next pair below or above.</summary>
    internal interface IRotations
    {
        /// <summary>A sweep of <paramref name="count"/> rotations begins, at row <paramref name="first"/>, upwards or downwards in the numbers.</summary>
        void Begin(int first, int count, bool ascending);

        /// <summary>high' = c·high − s·low, low' = s·high + c·low.</summary>
        void Rotate(double c, double s);
    }

    /// <summary>Nobody wants the vectors.</summary>
    internal readonly struct NoRotations : IRotations
    {
        public void Begin(int first, int count, bool ascending)
        {
        }

        public void Rotate(double c, double s)
        {
        }
    }

    /// <summary>Eigenvalues in place of d, in no order; e is used up.</summary>
    /// <param name="n">At least 1.</param>
    /// <param name="d">The diagonal (n).</param>
    /// <param name="e">Beside it (n − 1).</param>
    /// <param name="rotations">Told of every rotation, in order.</param>
    /// <returns>False if the sweeps did not suffice.</returns>
    internal static bool Iterate<TRotations>(int n, double* d, double* e, ref TRotations rotations)
        where TRotations : struct, IRotations, allows ref struct
    {
        var sweeps = (long)n * SweepsForEach;
        for (var start = 0; start < n;)
        {
            var end = start;
            while (end < n - 1 && !Negligible(d, e, end))
                end++;
            if (end < n - 1)
                e[end] = 0;
            var (l, m) = (start, end);
            start = end + 1;
            var descends = Math.Abs(d[m]) < Math.Abs(d[l]);
            if (!(descends ? Up(l, m, d, e, ref sweeps, ref rotations) : Down(l, m, d, e, ref sweeps, ref rotations)))
                return false;
        }

        return true;
    }

    /// <summary>QL on rows l … end: finds the eigenvalue at l, then at l + 1, …</summary>
    private static bool Down<TRotations>(int l, int end, double* d, double* e, ref long sweeps, ref TRotations rotations)
        where TRotations : struct, IRotations, allows ref struct
    {
        while (l < end)
        {
            var m = l;
            while (m < end && !Negligible(d, e, m))
                m++;
            if (m < end)
                e[m] = 0;
            if (m == l)
            {
                l++;
                continue;
            }

            if (sweeps-- == 0)
                return false;
            var p = d[l];
            var g = (d[l + 1] - p) / (2 * e[l]);
            g = d[m] - p + (e[l] / (g + Math.CopySign(Root(g), g)));
            var (s, c, shift) = (1.0, 1.0, 0.0);
            rotations.Begin(m - 1, m - l, false);
            for (var i = m - 1; i >= l; i--)
            {
                var f = s * e[i];
                var b = c * e[i];
                Rotation(g, f, out c, out s, out var r);
                if (i != m - 1)
                    e[i + 1] = r;
                g = d[i + 1] - shift;
                r = ((d[i] - g) * s) + (2 * c * b);
                shift = s * r;
                d[i + 1] = g + shift;
                g = (c * r) - b;
                rotations.Rotate(c, -s);
            }

            d[l] -= shift;
            e[l] = g;
        }

        return true;
    }

    /// <summary>QR on rows begin … l: finds the eigenvalue at l, then at l − 1, …</summary>
    private static bool Up<TRotations>(int begin, int l, double* d, double* e, ref long sweeps, ref TRotations rotations)
        where TRotations : struct, IRotations, allows ref struct
    {
        while (l > begin)
        {
            var m = l;
            while (m > begin && !Negligible(d, e, m - 1))
                m--;
            if (m > begin)
                e[m - 1] = 0;
            if (m == l)
            {
                l--;
                continue;
            }

            if (sweeps-- == 0)
                return false;
            var p = d[l];
            var g = (d[l - 1] - p) / (2 * e[l - 1]);
            g = d[m] - p + (e[l - 1] / (g + Math.CopySign(Root(g), g)));
            var (s, c, shift) = (1.0, 1.0, 0.0);
            rotations.Begin(m, l - m, true);
            for (var i = m; i < l; i++)
            {
                var f = s * e[i];
                var b = c * e[i];
                Rotation(g, f, out c, out s, out var r);
                if (i != m)
                    e[i - 1] = r;
                g = d[i] - shift;
                r = ((d[i + 1] - g) * s) + (2 * c * b);
                shift = s * r;
                d[i] = g + shift;
                g = (c * r) - b;
                rotations.Rotate(c, s);
            }

            d[l] -= shift;
            e[l - 1] = g;
        }

        return true;
    }

    private static bool Negligible(double* d, double* e, int i)
    {
        var size = Math.Abs(e[i]);
        return size * size <= (Epsilon * Epsilon * Math.Abs(d[i]) * Math.Abs(d[i + 1])) + SafeMinimum;
    }

    /// <summary>√(g² + 1); infinite for g beyond 10¹⁵⁴, where the shift that it is for is 0 anyway.</summary>
    private static double Root(double g) => Math.Sqrt((g * g) + 1);

    /// <summary>c·f + s·g = r, c·g − s·f = 0.</summary>
    private static void Rotation(double f, double g, out double c, out double s, out double r)
    {
        if (g == 0)
        {
            (c, s, r) = (1, 0, f);
            return;
        }

        if (f == 0)
        {
            (c, s, r) = (0, 1, g);
            return;
        }

        // Squares of numbers this small would lose digits.
        var scale = Math.Abs(f) + Math.Abs(g) < 1e-140 ? Math.ScaleB(1, 500) : 1;
        (f, g) = (f * scale, g * scale);
        r = Math.Sqrt((f * f) + (g * g));
        var inverse = 1 / r;
        (c, s) = (f * inverse, g * inverse);
        r /= scale;
    }
}
