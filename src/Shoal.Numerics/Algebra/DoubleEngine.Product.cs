using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics.Algebra;

internal sealed unsafe partial class DoubleEngine<TSimd, T>
{
    // bench/Kernels, "algebra": of blocks of k from 96 to 320, columns from 128 to 1024 and rows of 84 and 168 these were the fastest for 1024³ on a Zen 4 with 1 MB of
    // L2: 80 % of peak, where 160, 512 and 84 gave 73 % (before rows were packed as one stream; 83 % since). The packed block of b (2 MB) streams from L3.
    private const int BlockK = 256;
    private const int ChunkColumns = 1024;
    private const int BlockRows = 84;

    // Products below this many multiply-adds are done before a second thread has woken.
    private const long SmallProduct = 1 << 17;

    /// <summary>Each output one chain over k; blocks of k go on from the stored sums.</summary>
    internal override void Product(DoubleProduct product)
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        ProductJob job;
        job.P = product;
        var columns = DoubleTiles<TSimd, T>.Columns;
        var tasks = Team.Threads == 1 || (long)product.Rows * product.Columns * product.Depth < SmallProduct ? 1 : 4 * Team.Threads;
        var columnTasks = Divide(product.Columns, ChunkColumns);
        var rowTasks = Divide(tasks, columnTasks);
        if (product.Columns > product.Rows && tasks > 1)
            (columnTasks, rowTasks) = (Math.Max(columnTasks, tasks), 1);
        job.ChunkColumns = RoundUp(Divide(product.Columns, columnTasks), columns);
        job.ColumnTasks = Divide(product.Columns, job.ChunkColumns);
        job.ChunkRows = RoundUp(Divide(product.Rows, rowTasks), DoubleTiles<TSimd, T>.MaxRows);
        job.Waiting = product.Beta != 0 && product.Depth > BlockK;
        job.PackedB = (long)job.ChunkColumns * BlockK;
        job.PackedA = BlockRows * BlockK;
        job.Edge = 2L * DoubleTiles<TSimd, T>.MaxRows * columns;
        var length = job.PackedA + job.PackedB + job.Edge + (job.Waiting ? (long)job.ChunkRows * job.ChunkColumns : 0);
        job.ThreadLength = (length + 7) / 8 * 8;
        job.Scratch = Scratch.Get(DoubleWorkspace.Block.Product, job.ThreadLength * Team.Threads);
        Team.Run(job.ColumnTasks * Divide(product.Rows, job.ChunkRows), &ProductTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ProductTask(void* state, int task, int thread)
    {
        var job = (ProductJob*)state;
        ref var p = ref job->P;
        var columns = DoubleTiles<TSimd, T>.Columns;
        var packedB = job->Scratch + (job->ThreadLength * thread);
        var packedA = packedB + job->PackedB;
        var edge = packedA + job->PackedA;
        var waiting = edge + job->Edge;
        var firstColumn = task % job->ColumnTasks * job->ChunkColumns;
        var endColumn = Math.Min(p.Columns, firstColumn + job->ChunkColumns);
        var firstRow = task / job->ColumnTasks * job->ChunkRows;
        var endRow = Math.Min(p.Rows, firstRow + job->ChunkRows);
        if (p.Lower)
        {
            // What lies above the diagonal is left out, whole tiles at once.
            endColumn = Math.Min(endColumn, endRow);
            firstRow = Math.Max(firstRow, firstColumn);
            if (endColumn <= firstColumn || endRow <= firstRow)
                return;
        }

        DoubleTileArguments t;
        t.Alpha = p.Alpha;
        t.Beta = p.Beta;
        t.RowStrideC = p.RowStrideC;
        t.RowStride = 1;
        for (var k = 0; k == 0 || k < p.Depth; k += BlockK)
        {
            var depth = Math.Min(BlockK, p.Depth - k);
            t.Depth = depth;
            t.Continue = k > 0;
            t.Finish = k + depth == p.Depth;
            PackColumns(p.B + (k * p.StepB) + (firstColumn * p.ColumnStrideB), p.StepB, p.ColumnStrideB, depth, endColumn - firstColumn, packedB);
            for (var row = firstRow; row < endRow; row += BlockRows)
            {
                var rows = Math.Min(BlockRows, endRow - row);
                var cut = DoubleTiles<TSimd, T>.Cut(rows);
                PackRows(p.A + (row * p.RowStrideA) + (k * p.StepA), p.RowStrideA, p.StepA, cut, depth, packedA);
                var end = p.Lower ? Math.Min(endColumn, row + rows) : endColumn;
                for (var column = firstColumn; column < end; column += columns)
                {
                    var real = Math.Min(columns, endColumn - column);
                    for (var tile = 0; tile < cut.Tiles; tile++)
                    {
                        var first = cut.First(tile);
                        var diagonal = p.Lower ? row + first - column : int.MaxValue - BlockRows;
                        if (diagonal + cut.Rows(tile) <= 0)
                            continue;
                        t.A = packedA + (first * depth);
                        t.StepA = cut.Rows(tile);
                        t.B = packedB + ((column - firstColumn) * depth);
                        t.C = p.C + ((row + first) * p.RowStrideC) + column;
                        t.Sums = job->Waiting ? waiting + ((row + first - firstRow) * (nint)job->ChunkColumns) + (column - firstColumn) : t.C;
                        t.RowStrideSums = job->Waiting ? job->ChunkColumns : p.RowStrideC;
                        if (real == columns && diagonal >= columns - 1)
                            DoubleTiles<TSimd, T>.Run(cut.Rows(tile), &t);
                        else
                            RunEdge(cut.Rows(tile), real, diagonal, t, edge);
                    }
                }
            }
        }
    }

    /// <summary>A tile of which columns lie outside, or above the diagonal (row r keeps the columns up to diagonal + r): those are dropped.</summary>
    private static void RunEdge(int rows, int columns, int diagonal, DoubleTileArguments t, double* edge)
    {
        nint stride = DoubleTiles<TSimd, T>.Columns;
        var edgeC = edge + (DoubleTiles<TSimd, T>.MaxRows * stride);
        var sums = t.Sums;
        var c = t.C;
        var (strideSums, strideC) = (t.RowStrideSums, t.RowStrideC);
        if (t.Continue)
            Copy(sums, strideSums, edge, stride, rows, columns);
        if (t.Finish && t.Beta != 0)
            Copy(c, strideC, edgeC, stride, rows, columns);
        t.Sums = edge;
        t.C = edgeC;
        t.RowStrideSums = t.RowStrideC = stride;
        DoubleTiles<TSimd, T>.Run(rows, &t);
        var from = t.Finish ? edgeC : edge;
        var to = t.Finish ? c : sums;
        var strideTo = t.Finish ? strideC : strideSums;
        for (var r = 0; r < rows; r++)
        {
            var count = Math.Min(columns, diagonal + r + 1);
            if (count > 0)
                Copy(from + (r * stride), stride, to + (r * strideTo), strideTo, 1, count);
        }
    }

    private static void Copy(double* from, nint strideFrom, double* to, nint strideTo, int rows, int columns)
    {
        for (var r = 0; r < rows; r++)
            Buffer.MemoryCopy(from + (r * strideFrom), to + (r * strideTo), columns * sizeof(double), columns * sizeof(double));
    }

    /// <summary>The rows of each tile step by step, tile behind tile, without gaps: one stream for the tile to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRows(double* a, nint rowStride, nint step, Cut cut, int depth, double* packed)
    {
        for (var tile = 0; tile < cut.Tiles; tile++)
        {
            var rows = cut.Rows(tile);
            var source = a + (cut.First(tile) * rowStride);

            // Eight steps at a time: one cache line of each row.
            for (var k = 0; k < depth; k += 8, packed += 8 * rows)
            {
                var steps = Math.Min(8, depth - k);
                for (var r = 0; r < rows; r++)
                {
                    var from = source + (r * rowStride) + (k * step);
                    for (var i = 0; i < steps; i++)
                        packed[(i * rows) + r] = from[i * step];
                }
            }

            packed -= (RoundUp(depth, 8) - depth) * rows;
        }
    }

    /// <summary>Panels of one tile's columns, each (depth, columns) without gaps, zeros behind the last column.</summary>
    /// <remarks>Eight steps at a time. Rows of b go through all panels, as eight streams; where columns lie without gaps, a panel goes through all its steps, by cache lines.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackColumns(double* b, nint stepB, nint columnStride, int depth, int count, double* packed)
    {
        var columns = DoubleTiles<TSimd, T>.Columns;
        if (columnStride != 1)
        {
            for (var first = 0; first < count; first += columns)
            {
                for (var k = 0; k < depth; k += 8)
                    PackPart(b + (first * columnStride) + (k * stepB), stepB, columnStride, Math.Min(8, depth - k), Math.Min(columns, count - first), packed + ((nint)first * depth) + (k * columns));
            }

            return;
        }

        for (var k = 0; k < depth; k += 8)
        {
            var steps = Math.Min(8, depth - k);
            for (var first = 0; first < count; first += columns)
            {
                var source = b + first + (k * stepB);
                var to = packed + ((nint)first * depth) + (k * columns);
                if (count - first < columns)
                {
                    PackPart(source, stepB, 1, steps, count - first, to);
                    continue;
                }

                for (var step = 0; step < steps; step++, source += stepB, to += columns)
                {
                    TSimd.Store(TSimd.Load(source), to);
                    TSimd.Store(TSimd.Load(source + TSimd.Count), to + TSimd.Count);
                }
            }
        }
    }

    /// <summary>A few steps of one panel, of which some columns may not exist.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPart(double* b, nint stepB, nint columnStride, int steps, int real, double* to)
    {
        var columns = DoubleTiles<TSimd, T>.Columns;
        for (var column = 0; column < columns; column++, b += columnStride)
        {
            for (var step = 0; step < steps; step++)
                to[(step * columns) + column] = column < real ? b[step * stepB] : 0;
        }
    }

    private struct ProductJob
    {
        internal DoubleProduct P;
        internal int ChunkColumns;
        internal int ColumnTasks;
        internal int ChunkRows;

        /// <summary>Whether sums of blocks of k wait beside C, whose old values are still needed.</summary>
        internal bool Waiting;
        internal long PackedA;
        internal long PackedB;
        internal long Edge;
        internal double* Scratch;
        internal long ThreadLength;
    }
}
