using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Algebra;

internal abstract unsafe partial class DoubleEngine
{
    /// <summary>Columns that are factored before the rest of the matrix hears of them; part of the meaning, since it cuts the chains.</summary>
    internal const int FactorBlock = 64;

    /// <summary>L in place of the lower triangle; the number of the first pivot that is not above 0 (and its value), or −1.</summary>
    internal abstract int Cholesky(double* a, nint stride, int n, out double pivot);

    /// <summary>x in place of b (n, columns): L·Lᵀ·x = b.</summary>
    internal abstract void CholeskySolve(double* factor, nint stride, int n, double* b, nint strideB, int columns);
}

internal sealed unsafe partial class DoubleEngine<TSimd, T>
{
    // Rows of a panel, or columns of a right side, that one task solves in L1.
    private const int SolveChunk = 64;

    internal override int Cholesky(double* a, nint stride, int n, out double pivot)
    {
        pivot = 0;
        SolveJob job = default;
        job.Stride = stride;
        job.Scratch = Scratch.Get(DoubleWorkspace.Block.Panel, (long)Team.Threads * SolveChunk * FactorBlock);
        for (var first = 0; first < n; first += FactorBlock)
        {
            job.Size = Math.Min(FactorBlock, n - first);
            job.Factor = a + (first * stride) + first;
            var failed = FactorDiagonal(job.Factor, stride, job.Size, out pivot);
            if (failed >= 0)
                return first + failed;
            var rest = n - first - job.Size;
            job.Target = job.Factor + (job.Size * stride);
            job.Count = rest;
            Team.Run(Divide(rest, SolveChunk), &PanelTask, &job);
            Product(Lower(job.Target, 1, stride, job.Target, 1, stride, job.Target + job.Size, stride, rest, job.Size));
        }

        return -1;
    }

    internal override void CholeskySolve(double* factor, nint stride, int n, double* b, nint strideB, int columns)
    {
        SolveJob job = default;
        job.Stride = stride;
        job.StrideTarget = strideB;
        job.Count = columns;
        var tasks = Divide(columns, SolveChunk);
        for (var first = 0; first < n; first += FactorBlock)
        {
            Locate(ref job, factor, b, n, first);
            job.Backward = false;
            Team.Run(tasks, &SolveTask, &job);
            var rest = n - first - job.Size;
            Product(Loss(job.Factor + (job.Size * stride), stride, 1, job.Target, job.Target + (job.Size * strideB), strideB, rest, columns, job.Size));
        }

        for (var first = (n - 1) / FactorBlock * FactorBlock; first >= 0; first -= FactorBlock)
        {
            Locate(ref job, factor, b, n, first);
            job.Backward = true;
            var rest = n - first - job.Size;
            if (rest > 0)
                Product(Loss(job.Factor + (job.Size * stride), 1, stride, job.Target + (job.Size * strideB), job.Target, strideB, job.Size, columns, rest));
            Team.Run(tasks, &SolveTask, &job);
        }
    }

    private static void Locate(ref SolveJob job, double* factor, double* b, int n, int first)
    {
        job.Size = Math.Min(FactorBlock, n - first);
        job.Factor = factor + (first * job.Stride) + first;
        job.Target = b + (first * job.StrideTarget);
    }

    /// <summary>Rows of the right side lose a·x.</summary>
    private static DoubleProduct Loss(double* a, nint rowStride, nint step, double* x, double* target, nint strideB, int rows, int columns, int depth) => new()
    {
        A = a,
        RowStrideA = rowStride,
        StepA = step,
        B = x,
        StepB = strideB,
        ColumnStrideB = 1,
        C = target,
        RowStrideC = strideB,
        Rows = rows,
        Columns = columns,
        Depth = depth,
        Alpha = -1,
        Beta = 1,
    };

    /// <summary>The lower triangle of c loses a·b, where b's columns are rows of memory.</summary>
    private static DoubleProduct Lower(double* a, nint stepA, nint rowStrideA, double* b, nint stepB, nint columnStrideB, double* c, nint strideC, int n, int depth) => new()
    {
        A = a,
        RowStrideA = rowStrideA,
        StepA = stepA,
        B = b,
        StepB = stepB,
        ColumnStrideB = columnStrideB,
        C = c,
        RowStrideC = strideC,
        Rows = n,
        Columns = n,
        Depth = depth,
        Alpha = -1,
        Beta = 1,
        Lower = true,
    };

    /// <summary>One block on the diagonal, column by column: what a column gives is taken from the later ones at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FactorDiagonal(double* a, nint stride, int n, out double pivot)
    {
        for (var k = 0; k < n; k++)
        {
            pivot = a[(k * stride) + k];
            if (!(pivot > 0))
                return k;
            var root = Math.Sqrt(pivot);
            a[(k * stride) + k] = root;
            for (var i = k + 1; i < n; i++)
            {
                var value = a[(i * stride) + k] / root;
                a[(i * stride) + k] = value;
                for (var j = k + 1; j <= i; j++)
                    a[(i * stride) + j] = Math.FusedMultiplyAdd(-value, a[(j * stride) + k], a[(i * stride) + j]);
            }
        }

        pivot = 0;
        return -1;
    }

    /// <summary>Rows below a factored block: x·Lᵀ = row. They are turned, so that a register holds one column of several rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PanelTask(void* state, int task, int thread)
    {
        var job = (SolveJob*)state;
        var turned = job->Scratch + ((long)thread * SolveChunk * FactorBlock);
        var first = task * SolveChunk;
        var rows = Math.Min(SolveChunk, job->Count - first);
        var target = job->Target + (first * job->Stride);
        for (var r = 0; r < SolveChunk; r++)
        {
            for (var k = 0; k < job->Size; k++)
                turned[(k * SolveChunk) + r] = r < rows ? target[(r * job->Stride) + k] : 0;
        }

        SolveForward(job->Factor, job->Stride, job->Size, turned, SolveChunk, SolveChunk);
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < job->Size; k++)
                target[(r * job->Stride) + k] = turned[(k * SolveChunk) + r];
        }
    }

    /// <summary>Some columns of the rows that belong to a block on the diagonal.</summary>
    private static void SolveTask(void* state, int task, int thread)
    {
        var job = (SolveJob*)state;
        var first = task * SolveChunk;
        var columns = Math.Min(SolveChunk, job->Count - first);
        if (job->Backward)
            SolveBackward(job->Factor, job->Stride, job->Size, job->Target + first, job->StrideTarget, columns);
        else
            SolveForward(job->Factor, job->Stride, job->Size, job->Target + first, job->StrideTarget, columns);
    }

    /// <summary>x in place of b (n, columns): L·x = b.</summary>
    private static void SolveForward(double* factor, nint stride, int n, double* b, nint strideB, int columns)
    {
        for (var k = 0; k < n; k++)
        {
            var row = b + (k * strideB);
            DivideRow(row, factor[(k * stride) + k], columns);
            for (var j = k + 1; j < n; j++)
                SubtractRow(b + (j * strideB), factor[(j * stride) + k], row, columns);
        }
    }

    /// <summary>x in place of b (n, columns): Lᵀ·x = b.</summary>
    private static void SolveBackward(double* factor, nint stride, int n, double* b, nint strideB, int columns)
    {
        for (var k = n - 1; k >= 0; k--)
        {
            var row = b + (k * strideB);
            DivideRow(row, factor[(k * stride) + k], columns);
            for (var j = 0; j < k; j++)
                SubtractRow(b + (j * strideB), factor[(k * stride) + j], row, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DivideRow(double* row, double by, int count)
    {
        var divisor = TSimd.Broadcast(by);
        nint i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count)
            TSimd.Store(TSimd.Divide(TSimd.Load(row + i), divisor), row + i);
        for (; i < count; i++)
            row[i] /= by;
    }

    /// <summary>target = fma(−factor, row, target).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractRow(double* target, double factor, double* row, int count)
    {
        var negative = TSimd.Broadcast(-factor);
        nint i = 0;
        for (; i + TSimd.Count <= count; i += TSimd.Count)
            TSimd.Store(TSimd.FusedMultiplyAdd(negative, TSimd.Load(row + i), TSimd.Load(target + i)), target + i);
        for (; i < count; i++)
            target[i] = Math.FusedMultiplyAdd(-factor, row[i], target[i]);
    }

    private struct SolveJob
    {
        internal double* Factor;
        internal nint Stride;
        internal int Size;
        internal double* Target;
        internal nint StrideTarget;

        /// <summary>Rows of a panel, or columns of a right side.</summary>
        internal int Count;
        internal bool Backward;
        internal double* Scratch;
    }
}
