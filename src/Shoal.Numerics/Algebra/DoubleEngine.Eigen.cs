using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Algebra;

internal abstract unsafe partial class DoubleEngine
{
    /// <summary>Eigenvalues, ascending, and vectors as columns (null for none) of the lower triangle of a; false if the iteration does not end.</summary>
    internal abstract bool SymmetricEigen(double* a, nint stride, int n, double* values, double* vectors, nint strideVectors);
}

internal sealed unsafe partial class DoubleEngine<TSimd, T>
{
    // Rotations that wait until all strips take them: enough that a strip stays in L2 meanwhile.
    private const int WaitingSweeps = 64;

    private static int StripColumns => 4 * TSimd.Count;

    internal override bool SymmetricEigen(double* a, nint stride, int n, double* values, double* vectors, nint strideVectors)
    {
        // Not a multiple of 512 bytes: columns would fall into few sets of the caches.
        nint ld = RoundUp(n, 8);
        ld = ld % 64 == 0 ? ld + 8 : ld;
        var m = Scratch.Get(DoubleWorkspace.Block.Matrix, n * ld);
        var exponent = CopyScaled(a, stride, n, m, ld);
        var reflectors = Scratch.Get(DoubleWorkspace.Block.Reflectors, (n * ld) + (4 * ld));
        var tau = reflectors + (n * ld);
        var d = tau + ld;
        var e = d + ld;
        Reduce(m, ld, n, reflectors, tau, d, e);
        bool done;
        double* strips = null;
        if (vectors == null)
        {
            var nobody = default(Tridiagonal.NoRotations);
            done = Tridiagonal.Iterate(n, d, e, ref nobody);
        }
        else
        {
            Accumulate(m, ld, n, reflectors, tau);
            strips = FillStrips(m, ld, n);
            var waiting = new WaitingRotations(this, strips, n);
            done = Tridiagonal.Iterate(n, d, e, ref waiting);
            waiting.Flush();
        }

        if (!done)
            return false;
        Span<int> order = n <= 256 ? stackalloc int[n] : new int[n];
        for (var i = 0; i < n; i++)
            (order[i], values[i]) = (i, d[i]);
        new Span<double>(values, n).Sort(order);
        for (var i = 0; i < n; i++)
            values[i] = Math.ScaleB(values[i], exponent);
        for (var row = 0; vectors != null && row < n; row++)
        {
            var from = strips + (row / StripColumns * (nint)n * StripColumns) + (row % StripColumns);
            var to = vectors + (row * strideVectors);
            for (var i = 0; i < n; i++)
                to[i] = from[order[i] * StripColumns];
        }

        return true;
    }

    /// <summary>Both triangles from the lower one, times 2^−exponent so that the largest magnitude is from 1 to 2; zeros behind the rows.</summary>
    private static int CopyScaled(double* a, nint stride, int n, double* m, nint ld)
    {
        var largest = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
                largest = Math.Max(largest, Math.Abs(a[(i * stride) + j]));
        }

        // Two factors, because 2^−exponent alone may not be finite.
        var exponent = largest == 0 ? 0 : Math.ILogB(largest);
        var (half, rest) = (Math.ScaleB(1, -exponent / 2), Math.ScaleB(1, -exponent - (-exponent / 2)));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
                m[(i * ld) + j] = m[(j * ld) + i] = a[(i * stride) + j] * half * rest;
            for (nint j = n; j < ld; j++)
                m[(i * ld) + j] = 0;
        }

        return exponent;
    }

    /// <summary>The product of the reflectors in place of m, from the last block of them to the first, each as I − V·T·Vᵀ.</summary>
    private void Accumulate(double* m, nint ld, int n, double* reflectors, double* tau)
    {
        for (var i = 0; i < n; i++)
        {
            new Span<double>(m + (i * ld), (int)ld).Clear();
            m[(i * ld) + i] = 1;
        }

        var t = Scratch.Get(DoubleWorkspace.Block.Panel, (ReductionBlock * ReductionBlock) + (2 * ReductionBlock * ld));
        var x = t + (ReductionBlock * ReductionBlock);
        var y = x + (ReductionBlock * ld);
        for (var first = (n - 2) / ReductionBlock * ReductionBlock; first >= 0; first -= ReductionBlock)
        {
            var count = Math.Min(ReductionBlock, n - 2 - first);
            if (count <= 0)
                continue;
            var begin = first + 1;
            var size = n - begin;
            var v = reflectors + (first * ld) + begin;
            FillTriangle(v, ld, size, count, tau + first, t);
            var q = m + (begin * ld) + begin;
            Product(new DoubleProduct { A = v, RowStrideA = ld, StepA = 1, B = q, StepB = ld, ColumnStrideB = 1, C = x, RowStrideC = ld, Rows = count, Columns = size, Depth = size, Alpha = 1 });
            Product(new DoubleProduct { A = t, RowStrideA = ReductionBlock, StepA = 1, B = x, StepB = ld, ColumnStrideB = 1, C = y, RowStrideC = ld, Rows = count, Columns = size, Depth = count, Alpha = 1 });
            Product(new DoubleProduct { A = v, RowStrideA = 1, StepA = ld, B = y, StepB = ld, ColumnStrideB = 1, C = q, RowStrideC = ld, Rows = size, Columns = size, Depth = count, Alpha = -1, Beta = 1 });
        }
    }

    /// <summary>T of H₀·H₁·… = I − V·T·Vᵀ (LAPACK's dlarft): column k is −tau_k·T·(Vᵀ·v_k), with tau_k on the diagonal.</summary>
    private static void FillTriangle(double* v, nint ld, int length, int count, double* tau, double* t)
    {
        var products = stackalloc double[ReductionBlock];
        new Span<double>(t, ReductionBlock * ReductionBlock).Clear();
        for (var k = 0; k < count; k++)
        {
            for (var j = 0; j < k; j++)
                products[j] = FixedOrder<TSimd, T>.Dot(v + (j * ld), v + (k * ld), length);
            for (var i = 0; i < k; i++)
            {
                var sum = 0.0;
                for (var j = i; j < k; j++)
                    sum = Math.FusedMultiplyAdd(t[(i * ReductionBlock) + j], products[j], sum);
                t[(i * ReductionBlock) + k] = -tau[k] * sum;
            }

            t[(k * ReductionBlock) + k] = tau[k];
        }
    }

    /// <summary>The matrix cut into strips of some rows, each turned: row i of a strip is what column i of the matrix has there. Zeros behind the last row.</summary>
    private double* FillStrips(double* m, nint ld, int n)
    {
        var width = StripColumns;
        var strips = Scratch.Get(DoubleWorkspace.Block.Strips, (long)RoundUp(n, width) * n);
        for (var first = 0; first < n; first += width)
        {
            var strip = strips + (first * (nint)n);
            for (var column = 0; column < width; column++)
            {
                var from = m + ((first + column) * ld);
                for (var i = 0; i < n; i++)
                    strip[(i * width) + column] = first + column < n ? from[i] : 0;
            }
        }

        return strips;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RotateTask(void* state, int task, int thread)
    {
        var job = (RotateJob*)state;
        nint width = TSimd.Count;
        var stride = 4 * width;
        var strip = job->Strips + (task * job->Size * stride);
        var rotation = job->Rotations;
        for (var sweep = job->Sweeps; sweep < job->EndOfSweeps; sweep += 3)
        {
            var row = strip + (sweep[0] * stride);
            var count = sweep[1];
            if (sweep[2] != 0)
            {
                // The lower of the two rows is carried on; the higher one becomes the lower one of the next rotation.
                T l0 = TSimd.Load(row), l1 = TSimd.Load(row + width), l2 = TSimd.Load(row + (2 * width)), l3 = TSimd.Load(row + (3 * width));
                for (var i = count; i > 0; i--, rotation += 2, row += stride)
                {
                    T c = TSimd.Broadcast(rotation[0]), s = TSimd.Broadcast(rotation[1]), minus = TSimd.Broadcast(-rotation[1]);
                    var next = row + stride;
                    T h0 = TSimd.Load(next), h1 = TSimd.Load(next + width), h2 = TSimd.Load(next + (2 * width)), h3 = TSimd.Load(next + (3 * width));
                    TSimd.Store(TSimd.FusedMultiplyAdd(s, h0, TSimd.Multiply(c, l0)), row);
                    TSimd.Store(TSimd.FusedMultiplyAdd(s, h1, TSimd.Multiply(c, l1)), row + width);
                    TSimd.Store(TSimd.FusedMultiplyAdd(s, h2, TSimd.Multiply(c, l2)), row + (2 * width));
                    TSimd.Store(TSimd.FusedMultiplyAdd(s, h3, TSimd.Multiply(c, l3)), row + (3 * width));
                    l0 = TSimd.FusedMultiplyAdd(minus, l0, TSimd.Multiply(c, h0));
                    l1 = TSimd.FusedMultiplyAdd(minus, l1, TSimd.Multiply(c, h1));
                    l2 = TSimd.FusedMultiplyAdd(minus, l2, TSimd.Multiply(c, h2));
                    l3 = TSimd.FusedMultiplyAdd(minus, l3, TSimd.Multiply(c, h3));
                }

                Store(row, l0, l1, l2, l3);
            }
            else
            {
                var above = row + stride;
                T h0 = TSimd.Load(above), h1 = TSimd.Load(above + width), h2 = TSimd.Load(above + (2 * width)), h3 = TSimd.Load(above + (3 * width));
                for (var i = count; i > 0; i--, rotation += 2, row -= stride)
                {
                    T c = TSimd.Broadcast(rotation[0]), s = TSimd.Broadcast(rotation[1]), minus = TSimd.Broadcast(-rotation[1]);
                    var next = row + stride;
                    T l0 = TSimd.Load(row), l1 = TSimd.Load(row + width), l2 = TSimd.Load(row + (2 * width)), l3 = TSimd.Load(row + (3 * width));
                    TSimd.Store(TSimd.FusedMultiplyAdd(minus, l0, TSimd.Multiply(c, h0)), next);
                    TSimd.Store(TSimd.FusedMultiplyAdd(minus, l1, TSimd.Multiply(c, h1)), next + width);
                    TSimd.Store(TSimd.FusedMultiplyAdd(minus, l2, TSimd.Multiply(c, h2)), next + (2 * width));
                    TSimd.Store(TSimd.FusedMultiplyAdd(minus, l3, TSimd.Multiply(c, h3)), next + (3 * width));
                    h0 = TSimd.FusedMultiplyAdd(s, h0, TSimd.Multiply(c, l0));
                    h1 = TSimd.FusedMultiplyAdd(s, h1, TSimd.Multiply(c, l1));
                    h2 = TSimd.FusedMultiplyAdd(s, h2, TSimd.Multiply(c, l2));
                    h3 = TSimd.FusedMultiplyAdd(s, h3, TSimd.Multiply(c, l3));
                }

                Store(row + stride, h0, h1, h2, h3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* to, T first, T second, T third, T fourth)
    {
        nint width = TSimd.Count;
        TSimd.Store(first, to);
        TSimd.Store(second, to + width);
        TSimd.Store(third, to + (2 * width));
        TSimd.Store(fourth, to + (3 * width));
    }

    /// <summary>Rotations in the order in which they came, until all strips take them, each strip on one thread.</summary>
    private ref struct WaitingRotations : Tridiagonal.IRotations
    {
        private readonly DoubleEngine<TSimd, T> _engine;
        private readonly int _size;
        private readonly long _capacity;
        private readonly double* _rotations;
        private readonly int* _sweeps;
        private readonly double* _strips;
        private long _count;
        private int _sweepCount;

        internal WaitingRotations(DoubleEngine<TSimd, T> engine, double* strips, int n)
        {
            (_engine, _size) = (engine, n);
            _strips = strips;
            _capacity = (long)WaitingSweeps * n;
            _rotations = engine.Scratch.Get(DoubleWorkspace.Block.Rotations, (2 * _capacity) + (2 * _capacity));
            _sweeps = (int*)(_rotations + (2 * _capacity));
        }

        public void Begin(int first, int count, bool ascending)
        {
            if (_count + count > _capacity)
                Flush();
            var sweep = _sweeps + (3 * _sweepCount++);
            (sweep[0], sweep[1], sweep[2]) = (first, count, ascending ? 1 : 0);
        }

        public void Rotate(double c, double s)
        {
            var rotation = _rotations + (2 * _count++);
            (rotation[0], rotation[1]) = (c, s);
        }

        internal void Flush()
        {
            RotateJob job;
            job.Strips = _strips;
            job.Size = _size;
            job.Rotations = _rotations;
            job.Sweeps = _sweeps;
            job.EndOfSweeps = _sweeps + (3 * _sweepCount);
            _engine.Team.Run(Divide(_size, StripColumns), &RotateTask, &job);
            (_count, _sweepCount) = (0, 0);
        }
    }

    private struct RotateJob
    {
        internal double* Strips;
        internal int Size;
        internal double* Rotations;
        internal int* Sweeps;
        internal int* EndOfSweeps;
    }
}
