using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Algebra;

internal sealed unsafe partial class DoubleEngine<TSimd, T>
{
    // Columns reduced before the rest of the matrix hears of them, as one product of twice this depth. Part of the meaning.
    private const int ReductionBlock = 32;

    // Outputs of the matrix times a vector that are summed together, and the size below which one thread does it all.
    private const int VectorChunk = 16;
    private const int SmallVector = 192;

    // Squares below this are not told from 0: a column of such numbers is 10⁻¹⁴⁰ of the matrix.
    private const double TinySquare = 1e-280;

    /// <summary>
    /// Reduces the symmetric m (n, ld) to tridiagonal form, d and e, by reflectors I − tau·v·vᵀ: v of column k in row k of reflectors (from k + 1 on, there 1).
    /// </summary>
    /// <remarks>LAPACK's dlatrd: within a block the matrix stays as it was, and a column takes what the block's earlier v and w give when its turn comes.</remarks>
    private void Reduce(double* m, nint ld, int n, double* reflectors, double* tau, double* d, double* e)
    {
        var x = Scratch.Get(DoubleWorkspace.Block.Vectors, 2 * ld);
        var y = x + ld;
        var block = Scratch.Get(DoubleWorkspace.Block.Panel, 3L * 2 * ReductionBlock * ld);
        new Span<double>(block, (int)(6 * ReductionBlock * ld)).Clear();
        for (var first = 0; first < n;)
        {
            var size = n - first <= 2 * ReductionBlock ? n - first : ReductionBlock;

            // v, w and v again, one row each, so that the product's two sides v w and w v lie without gaps.
            var w = block + (size * ld);
            for (var k = first; k < first + size; k++)
                ReduceColumn(k);
            first += size;
            if (first >= n)
                break;
            Buffer.MemoryCopy(block, w + (size * ld), size * ld * sizeof(double), size * ld * sizeof(double));
            Product(Lower(block + first, ld, 1, w + first, ld, 1, m + (first * ld) + first, ld, n - first, 2 * size));
            MirrorJob mirror;
            (mirror.Stride, mirror.First, mirror.Size) = (ld, first, n);
            mirror.Matrix = m;
            Team.Run(Divide(n - first, MirrorBlock), &MirrorTask, &mirror);

            void ReduceColumn(int k)
            {
                var count = n - k;
                Buffer.MemoryCopy(m + (k * ld) + k, x + k, count * sizeof(double), count * sizeof(double));
                for (var j = first; j < k; j++)
                {
                    var (v, u) = ((nint)(block + ((j - first) * ld)), (nint)(w + ((j - first) * ld)));
                    SubtractRow(x + k, ((double*)u)[k], (double*)v + k, count);
                    SubtractRow(x + k, ((double*)v)[k], (double*)u + k, count);
                }

                d[k] = x[k];
                var mine = block + ((k - first) * ld);
                var other = w + ((k - first) * ld);
                new Span<double>(mine, (int)ld).Clear();
                new Span<double>(other, (int)ld).Clear();
                if (k >= n - 1)
                    return;
                e[k] = x[k + 1];
                tau[k] = 0;
                var rest = FixedOrder<TSimd, T>.Dot(x + k + 2, x + k + 2, n - k - 2);
                var square = Math.FusedMultiplyAdd(x[k + 1], x[k + 1], rest);
                if (rest > 0 && square > TinySquare)
                {
                    var beta = -Math.CopySign(Math.Sqrt(square), x[k + 1]);
                    tau[k] = (beta - x[k + 1]) / beta;
                    e[k] = beta;
                    var scale = 1 / (x[k + 1] - beta);
                    for (var i = k + 2; i < n; i++)
                        mine[i] = x[i] * scale;
                    mine[k + 1] = 1;
                    MultiplySymmetric(m, ld, n, k + 1, mine, y);
                    Complete(k, mine, other);
                }

                Buffer.MemoryCopy(mine, reflectors + (k * ld), ld * sizeof(double), ld * sizeof(double));
            }

            // w = tau·(m − v·wᵀ − w·vᵀ)·v, less what makes it fit both sides.
            void Complete(int k, double* mine, double* other)
            {
                var (begin, count) = (k + 1, n - k - 1);
                for (var j = first; j < k; j++)
                {
                    var v = block + ((j - first) * ld) + begin;
                    var u = w + ((j - first) * ld) + begin;
                    var (byU, byV) = (FixedOrder<TSimd, T>.Dot(u, mine + begin, count), FixedOrder<TSimd, T>.Dot(v, mine + begin, count));
                    SubtractRow(y + begin, byU, v, count);
                    SubtractRow(y + begin, byV, u, count);
                }

                for (var i = begin; i < n; i++)
                    other[i] = y[i] * tau[k];
                var half = 0.5 * tau[k] * FixedOrder<TSimd, T>.Dot(other + begin, mine + begin, count);
                SubtractRow(other + begin, half, mine + begin, count);
            }
        }
    }

    /// <summary>y = m·v over rows and columns from first on: each output one chain over the rows, ascending; m is read as it lies, by rows, since it is symmetric.</summary>
    private void MultiplySymmetric(double* m, nint ld, int n, int first, double* v, double* y)
    {
        VectorJob job;
        job.Matrix = m;
        job.Vector = v;
        job.Result = y;
        (job.Stride, job.First, job.Size) = (ld, first, n);

        // From a whole cache line on: the columns before first are summed too, and not used.
        job.Begin = first / 8 * 8;
        job.Chunk = n - first < SmallVector || Team.Threads == 1 ? n - job.Begin : RoundUp(Divide(n - job.Begin, 2 * Team.Threads), VectorChunk);
        Team.Run(Divide(n - job.Begin, job.Chunk), &VectorTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void VectorTask(void* state, int task, int thread)
    {
        var job = (VectorJob*)state;
        nint width = TSimd.Count;
        nint begin = job->Begin + (task * job->Chunk);
        var end = Math.Min(RoundUp(job->Size, 8), begin + job->Chunk);
        var y = job->Result;
        var v = job->Vector;
        new Span<double>(y + begin, (int)(end - begin)).Clear();
        nint row = job->First;
        for (; row + 8 <= job->Size; row += 8)
        {
            var m = job->Matrix + (row * job->Stride);
            var s = job->Stride;
            T v0 = TSimd.Broadcast(v[row]), v1 = TSimd.Broadcast(v[row + 1]), v2 = TSimd.Broadcast(v[row + 2]), v3 = TSimd.Broadcast(v[row + 3]);
            T v4 = TSimd.Broadcast(v[row + 4]), v5 = TSimd.Broadcast(v[row + 5]), v6 = TSimd.Broadcast(v[row + 6]), v7 = TSimd.Broadcast(v[row + 7]);
            for (var i = begin; i < end; i += width)
            {
                var a = m + i;
                var sum = TSimd.FusedMultiplyAdd(TSimd.Load(a), v0, TSimd.Load(y + i));
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + s), v1, sum);
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + (2 * s)), v2, sum);
                a += 3 * s;
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a), v3, sum);
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + s), v4, sum);
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + (2 * s)), v5, sum);
                a += 3 * s;
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a), v6, sum);
                sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + s), v7, sum);
                TSimd.Store(sum, y + i);
            }
        }

        for (; row < job->Size; row++)
        {
            var a = job->Matrix + (row * job->Stride);
            var by = TSimd.Broadcast(v[row]);
            for (var i = begin; i < end; i += width)
                TSimd.Store(TSimd.FusedMultiplyAdd(TSimd.Load(a + i), by, TSimd.Load(y + i)), y + i);
        }
    }

    // A square of both triangles stays in L1.
    private const int MirrorBlock = 32;

    /// <summary>The upper triangle becomes the lower one's mirror image, in some of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MirrorTask(void* state, int task, int thread)
    {
        var job = (MirrorJob*)state;
        var stride = job->Stride;
        var firstRow = job->First + (task * MirrorBlock);
        var endRow = Math.Min(job->Size, firstRow + MirrorBlock);
        for (var column = job->First; column < endRow; column += MirrorBlock)
        {
            for (var row = firstRow; row < endRow; row++)
            {
                var end = Math.Min(row, column + MirrorBlock);
                var from = job->Matrix + (row * stride);
                var to = job->Matrix + row;
                for (var j = column; j < end; j++)
                    to[j * stride] = from[j];
            }
        }
    }

    private struct VectorJob
    {
        internal double* Matrix;
        internal nint Stride;
        internal double* Vector;
        internal double* Result;
        internal int First;
        internal int Begin;
        internal int Size;
        internal int Chunk;
    }

    private struct MirrorJob
    {
        internal double* Matrix;
        internal nint Stride;
        internal int First;
        internal int Size;
    }
}
