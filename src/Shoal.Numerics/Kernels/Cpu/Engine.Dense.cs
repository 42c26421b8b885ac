using System.Numerics;
using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    private const int GradientRows = 96;

    internal override void DenseForward(in DenseShape shape, float* x, float* weight, bool finiteWeight, in EpilogueValues epilogue, float* y)
    {
        var stride = FillEpilogue(epilogue, shape.Outputs, out var values);
        if (shape.Rows == 1)
        {
            RowForward(shape, x, weight, finiteWeight, values, stride, epilogue.Relu, y);
            return;
        }

        Product(new ProductJob
        {
            A = x,
            RowStrideA = shape.Inputs,
            B = weight,
            StepB = shape.Outputs,
            ColumnStrideB = 1,
            C = y,
            RowStrideC = shape.Outputs,
            Rows = shape.Rows,
            Columns = shape.Outputs,
            Depth = shape.Inputs,
            Bias = values,
            EpilogueStride = stride,
            Relu = epilogue.Relu,
        });
    }

    internal override void DenseWeightGradient(in DenseShape shape, float* x, float* dy, float* dWeight, float* dBias)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var levels = BitOperations.Log2((uint)Divide(shape.Rows, IKernels.ShardRows)) + 1;
        var job = new GradientJob { Shape = shape, X = x, DWeight = dWeight, StepA = RoundUp(Tiles<TSimd, T>.MaxRows, TSimd.Count), Dy = dy };
        job.Packed = Scratch.Get(Workspace.Block.Packed, (long)RoundUp(shape.Outputs, columns) * shape.Rows);
        job.PanelA = (long)shape.Rows * job.StepA;
        job.TileLength = Tiles<TSimd, T>.MaxRows * columns;
        job.ThreadLength = ((Divide(GradientRows, Tiles<TSimd, T>.MaxRows) * job.PanelA) + ((levels + 2L) * job.TileLength) + 15) / 16 * 16;
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, job.ThreadLength * Team.Threads);
        Team.Run(Divide(shape.Outputs, columns), &PackGradientTask, &job);
        Team.Run(Divide(shape.Inputs, GradientRows), &GradientTask, &job);
        if (dBias != null)
            BiasGradient(new ChannelShape(shape.Rows, 1, shape.Outputs), dy, dBias);
    }

    private static void PackGradientTask(void* state, int task, int thread)
    {
        var job = (GradientJob*)state;
        var first = task * Tiles<TSimd, T>.Columns;
        PackColumns(
            job->Dy + first, job->Shape.Outputs, 1, job->Shape.Rows, Math.Min(Tiles<TSimd, T>.Columns, job->Shape.Outputs - first),
            job->Packed + ((long)first * job->Shape.Rows));
    }

    /// <summary>Some rows of dWeight: for each tile the shards one after the other, joined by the tree while they are in L1.</summary>
    private static void GradientTask(void* state, int task, int thread)
    {
        var job = (GradientJob*)state;
        var (batch, inputs, outputs) = job->Shape;
        var columns = Tiles<TSimd, T>.Columns;
        var panels = job->Scratch + (job->ThreadLength * thread);
        var firstRow = task * GradientRows;
        var rows = Math.Min(GradientRows, inputs - firstRow);
        var cut = Tiles<TSimd, T>.Cut(rows);
        var edge = panels + (Divide(GradientRows, Tiles<TSimd, T>.MaxRows) * job->PanelA);
        var levels = edge + job->TileLength;
        for (var tile = 0; tile < cut.Tiles; tile++)
            PackRows(job->X + firstRow + cut.First(tile), inputs, batch, job->StepA, panels + (tile * job->PanelA));

        TileArguments t;
        t.Outer = 1;
        t.JumpA = t.JumpB = 0;
        t.RowStride = 1;
        t.StepA = job->StepA;
        t.StepB = columns;
        t.Continue = false;
        t.Bias = null;
        t.Levels = levels;
        t.Relu = false;
        t.Shards = Divide(batch, IKernels.ShardRows);
        t.Inner = IKernels.ShardRows;
        t.LastInner = batch - ((t.Shards - 1) * IKernels.ShardRows);
        t.RowStrideC = outputs;
        for (var tile = 0; tile < cut.Tiles; tile++)
        {
            // Along the rows of dWeight, so that the stores are a few sequential streams.
            var first = cut.First(tile);
            var count = cut.Rows(tile);
            for (var column = 0; column < outputs; column += columns)
            {
                t.A = panels + (tile * job->PanelA);
                t.B = job->Packed + ((long)column * batch);
                t.C = job->DWeight + ((long)(firstRow + first) * outputs) + column;
                RunTile(count, Math.Min(columns, outputs - column), &t, edge);
            }
        }
    }

    /// <summary>A tile's rows of the transposed x: (depth, step), step the tile's rows filled up to whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRows(float* x, nint stride, int depth, int step, float* packed)
    {
        for (var k = 0; k < depth; k++, x += stride, packed += step)
        {
            for (var r = 0; r < step; r += TSimd.Count)
                TSimd.Store(TSimd.Load(x + r), packed + r);
        }
    }

    private struct GradientJob
    {
        internal DenseShape Shape;
        internal float* X;
        internal float* Dy;
        internal float* DWeight;
        internal float* Packed;
        internal int StepA;
        internal long PanelA;
        internal int TileLength;
        internal float* Scratch;
        internal long ThreadLength;
    }
}
