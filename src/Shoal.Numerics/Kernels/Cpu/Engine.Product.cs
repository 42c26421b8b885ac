using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // At 256 bits the packed block of b is 256 KB (half of a 512 KB L2), a panel of it 16 KB (half of L1): 81 % of the peak of a Zen 3, bench/Kernels, "product 1024".
    // At 512 bits on a Zen 4 (1 MB of L2) the tile hides what L2 takes, and fewer, longer chains win: 256, 256 and 84 gave 78 %, 128 and 512 76 %, these 85 %.
    private static int BlockK => TSimd.Count == 16 ? 512 : 256;

    private static int ChunkColumns => TSimd.Count == 16 ? 512 : 256;

    private static int BlockRows => TSimd.Count == 16 ? 42 : 84;

    /// <summary>c (rows, columns) = epilogue(a·b), each output one chain over k; blocks of k go on from the stored sums.</summary>
    private void Product(ProductJob job)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var chunk = Math.Min(ChunkColumns, RoundUp(Divide(job.Columns, 2 * Team.Threads), columns));
        job.ChunkColumns = Team.Threads == 1 ? ChunkColumns : chunk;
        job.ColumnTasks = Divide(job.Columns, job.ChunkColumns);
        var rowTasks = job.ColumnTasks >= Team.Threads ? 1 : Divide(2 * Team.Threads, job.ColumnTasks);
        job.ChunkRows = RoundUp(Divide(job.Rows, rowTasks), Tiles<TSimd, T>.MaxRows);
        var blockK = Math.Min(BlockK, job.Depth);
        job.PackedB = (long)RoundUp(job.ChunkColumns, columns) * blockK;
        job.PackedA = (long)BlockRows * (blockK + 16);
        job.ThreadLength = job.PackedA + job.PackedB + (Tiles<TSimd, T>.MaxRows * columns) + 64;
        job.ThreadLength = (job.ThreadLength + 15) / 16 * 16;
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, job.ThreadLength * Team.Threads);
        Team.Run(job.ColumnTasks * Divide(job.Rows, job.ChunkRows), &ProductTask, &job);
    }

    private static void ProductTask(void* state, int task, int thread)
    {
        var job = (ProductJob*)state;
        var columns = Tiles<TSimd, T>.Columns;
        var packedA = job->Scratch + (job->ThreadLength * thread);
        var packedB = packedA + ((job->PackedA + 15) / 16 * 16);
        var edge = packedB + job->PackedB;
        var firstColumn = task % job->ColumnTasks * job->ChunkColumns;
        var endColumn = Math.Min(job->Columns, firstColumn + job->ChunkColumns);
        var firstRow = task / job->ColumnTasks * job->ChunkRows;
        var endRow = Math.Min(job->Rows, firstRow + job->ChunkRows);
        TileArguments t;
        t.Outer = 1;
        t.JumpA = t.JumpB = 0;
        t.StepA = 1;
        t.StepB = columns;
        t.RowStrideC = job->RowStrideC;
        t.Shards = 1;
        t.Relu = job->Relu;
        for (var k = 0; k < job->Depth; k += BlockK)
        {
            var depth = Math.Min(BlockK, job->Depth - k);
            var last = k + depth == job->Depth;
            t.Inner = t.LastInner = depth;
            t.Continue = k > 0;
            t.RowStride = depth + 16;
            PackColumns(job->B + (k * job->StepB) + (firstColumn * job->ColumnStrideB), job->StepB, job->ColumnStrideB, depth, endColumn - firstColumn, packedB);
            for (var row = firstRow; row < endRow; row += BlockRows)
            {
                var rows = Math.Min(BlockRows, endRow - row);
                for (var r = 0; r < rows; r++)
                    Buffer.MemoryCopy(job->A + ((row + r) * job->RowStrideA) + k, packedA + (r * t.RowStride), depth * sizeof(float), depth * sizeof(float));
                var cut = Tiles<TSimd, T>.Cut(rows);
                for (var column = firstColumn; column < endColumn; column += columns)
                {
                    t.Bias = last && job->Bias != null ? job->Bias + column : null;
                    t.Scale = t.Bias + job->EpilogueStride;
                    t.Shift = t.Scale + job->EpilogueStride;
                    for (var tile = 0; tile < cut.Tiles; tile++)
                    {
                        var first = cut.First(tile);
                        t.A = packedA + (first * t.RowStride);
                        t.B = packedB + ((column - firstColumn) * depth);
                        t.C = job->C + ((row + first) * job->RowStrideC) + column;
                        RunTile(cut.Rows(tile), Math.Min(columns, endColumn - column), &t, edge);
                    }
                }
            }
        }
    }

    /// <summary>Panels of one tile's columns, each (depth, columns) without gaps, zeros behind the last column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackColumns(float* b, nint stepB, nint columnStride, int depth, int count, float* packed)
    {
        nint columns = Tiles<TSimd, T>.Columns;
        nint first = 0;
        if (columnStride == 1)
        {
            // Eight rows of b at a time along all panels, so that reading is a few sequential streams.
            var whole = count / columns * columns;
            for (nint k = 0; k < depth; k += 8)
            {
                var steps = Math.Min(8, depth - k);
                for (first = 0; first < whole; first += columns)
                {
                    float* from = b + (k * stepB) + first, to = packed + (first * depth) + (k * columns);
                    for (var step = steps; step > 0; step--, from += stepB, to += columns)
                    {
                        TSimd.Store(TSimd.Load(from), to);
                        TSimd.Store(TSimd.Load(from + TSimd.Count), to + TSimd.Count);
                    }
                }
            }

            packed += whole * depth;
        }

        for (; first < count; first += columns)
        {
            var real = Math.Min(columns, count - first);
            var source = b + (first * columnStride);

            // Eight steps at a time: one cache line or half of it from each column's row.
            for (var k = 0; k < depth; k += 8)
            {
                var steps = Math.Min(8, depth - k);
                for (var column = 0; column < columns; column++)
                {
                    var from = source + (column * columnStride) + (k * stepB);
                    var to = packed + (k * columns) + column;
                    for (var step = 0; step < steps; step++)
                        to[step * columns] = column < real ? from[step * stepB] : 0f;
                }
            }

            packed += depth * columns;
        }
    }

    private struct ProductJob
    {
        internal float* A;
        internal nint RowStrideA;
        internal float* B;
        internal nint StepB;
        internal nint ColumnStrideB;
        internal float* C;
        internal nint RowStrideC;
        internal int Rows;
        internal int Columns;
        internal int Depth;
        internal float* Bias;
        internal int EpilogueStride;
        internal bool Relu;
        internal int ChunkColumns;
        internal int ColumnTasks;
        internal int ChunkRows;
        internal long PackedA;
        internal long PackedB;
        internal float* Scratch;
        internal long ThreadLength;
    }
}
