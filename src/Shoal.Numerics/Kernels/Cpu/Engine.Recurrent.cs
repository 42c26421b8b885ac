using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void LstmForward(in RecurrentShape s, in RecurrentPointers p);

    internal abstract void LstmGradient(in RecurrentShape s, in RecurrentPointers p);

    internal abstract void GruForward(in RecurrentShape s, bool resetAfter, in RecurrentPointers p);

    internal abstract void GruGradient(in RecurrentShape s, bool resetAfter, in RecurrentPointers p);
}

/// <summary>
/// What LSTM and GRU share. The products by x are one matrix product over all steps; then each task takes some rows of the batch through all
/// steps, with their state in its cache and without waiting for others, since rows do not meet before the weights' gradients.
/// </summary>
internal sealed unsafe partial class Engine<TSimd, T>
{
    // Gates of the rows that are predicted together: 8 MB.
    private const long SliceFloats = 1 << 21;

    // Rows of a task: four full tiles share a panel of the recurrent kernel while it is in L1.
    private const int RecurrentRows = 56;

    // Between rows of scratch: rows whose distance is a multiple of 4 KB would share one set of L1.
    private const int RowGap = 16;

    /// <summary>The rows whose gates fit together where none are kept.</summary>
    private static int SliceRows(in RecurrentShape s, int width, bool kept) =>
        kept ? s.Rows : (int)Math.Clamp(SliceFloats / ((long)s.Steps * width), 1, s.Rows);

    /// <summary>The gates' part from x and bias, for all steps of some rows.</summary>
    private float* InputProduct(in RecurrentShape s, int width, in RecurrentPointers p)
    {
        var gates = p.Gates != null ? p.Gates : Scratch.Get(Workspace.Block.Gates, (long)s.Rows * s.Steps * width);
        var stride = FillEpilogue(new EpilogueValues(p.Bias, null, null, false), width, out var values);
        Product(new ProductJob
        {
            A = p.X,
            RowStrideA = s.Inputs,
            B = p.Kernel,
            StepB = width,
            ColumnStrideB = 1,
            C = gates,
            RowStrideC = width,
            Rows = s.Rows * s.Steps,
            Columns = width,
            Depth = s.Inputs,
            Bias = values,
            EpilogueStride = stride,
        });
        return gates;
    }

    /// <summary>The gradients of kernel, bias and x from those of all gates.</summary>
    private void InputGradients(in RecurrentShape s, int width, in RecurrentPointers p)
    {
        Conv2DWeightGradient(new Conv2DShape(s.Rows, 1, s.Steps, s.Inputs, 1, 1, width, 1, 1, false), p.X, p.Gates, p.DKernel, p.DBias);
        if (p.Dx == null)
            return;

        // The dense layer's kernel is made for weights larger than x. bench/Kernels, "LSTM 32x20x64-64 step" on a Zen 4: 70 % of the peak with it, 73 % so.
        Product(new ProductJob
        {
            A = p.Gates,
            RowStrideA = width,
            B = p.Kernel,
            StepB = 1,
            ColumnStrideB = width,
            C = p.Dx,
            RowStrideC = s.Inputs,
            Rows = s.Rows * s.Steps,
            Columns = s.Inputs,
            Depth = width,
        });
    }

    /// <summary>A pointwise convolution has the order that sums over (row, position) need: its images are the rows, its pixels the positions.</summary>
    private void StateGradient(in RecurrentShape s, int width, float* states, float* gates, float* dRecurrent, float* dBias) =>
        Conv2DWeightGradient(new Conv2DShape(s.Rows, 1, s.Steps, s.Units, 1, 1, width, 1, 1, false), states, gates, dRecurrent, dBias);

    /// <summary>Packs (depth, count) with the given strides into panels of one tile's columns.</summary>
    private void PackPanels(float* matrix, nint step, nint columnStride, int depth, int count, float* packed)
    {
        var job = new PanelJob { Matrix = matrix, Step = step, ColumnStride = columnStride, Depth = depth, Count = count, Packed = packed };
        Team.Run(Divide(count, Tiles<TSimd, T>.Columns), &PackPanelTask, &job);
    }

    private static void PackPanelTask(void* state, int task, int thread)
    {
        var job = (PanelJob*)state;
        var first = task * Tiles<TSimd, T>.Columns;
        PackColumns(
            job->Matrix + (first * job->ColumnStride), job->Step, job->ColumnStride, job->Depth, Math.Min(Tiles<TSimd, T>.Columns, job->Count - first),
            job->Packed + ((nint)first * job->Depth));
    }

    private static int PanelLength(int depth, int count) => depth * RoundUp(count, Tiles<TSimd, T>.Columns);

    /// <summary>Runs a task over the rows, <paramref name="floats"/> of scratch a row of the task beside a few of all.</summary>
    private void RunRows(delegate*<void*, int, int, void> task, ref RecurrentJob job, int floats)
    {
        var rows = job.Shape.Rows;
        var tasks = Math.Min(rows, Divide(rows, RecurrentRows * Team.Threads) * Team.Threads);
        job.TaskRows = Divide(rows, tasks);
        job.Stride = RoundUp(job.Shape.Units, 16) + RowGap;
        job.WideStride = RoundUp(job.Width, 16) + RowGap;
        job.ThreadLength = ((long)job.TaskRows * floats) + (2L * job.WideStride) + RoundUp(Tiles<TSimd, T>.MaxRows * Tiles<TSimd, T>.Columns, 16);
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, job.ThreadLength * Team.Threads);
        fixed (RecurrentJob* pointer = &job)
            Team.Run(Divide(rows, job.TaskRows), task, pointer);
    }

    /// <summary>c (rows, count) += a (rows, depth)·panels: each chain goes on from what c holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProduct(float* a, nint strideA, int rows, int depth, float* panels, int count, float* c, nint strideC, float* edge)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var cut = Tiles<TSimd, T>.Cut(rows);
        var t = new TileArguments
        {
            RowStride = strideA,
            StepA = 1,
            StepB = columns,
            Inner = depth,
            LastInner = depth,
            Outer = 1,
            Shards = 1,
            RowStrideC = strideC,
            Continue = true,
        };
        for (var column = 0; column < count; column += columns)
        {
            var real = Math.Min(columns, count - column);
            for (var tile = 0; tile < cut.Tiles; tile++)
            {
                var first = cut.First(tile);
                t.A = a + (first * strideA);
                t.B = panels + ((nint)column * depth);
                t.C = c + (first * strideC) + column;
                RunTile(cut.Rows(tile), real, &t, edge);
            }
        }
    }

    private static bool Counts(float* mask, nint at) => mask == null || mask[at] != 0f;

    private struct PanelJob
    {
        internal float* Matrix;
        internal nint Step;
        internal nint ColumnStride;
        internal int Depth;
        internal int Count;
        internal float* Packed;
    }

    private struct RecurrentJob
    {
        internal RecurrentShape Shape;
        internal RecurrentPointers Arrays;

        /// <summary>Values of all gates at one position.</summary>
        internal int Width;
        internal float* Gates;
        internal float* Panels;
        internal float* MorePanels;
        internal int TaskRows;

        /// <summary>Floats between two rows of a state in scratch, and between two rows of gates.</summary>
        internal int Stride;
        internal int WideStride;
        internal float* Scratch;
        internal long ThreadLength;

        internal readonly int Rows(int task) => Math.Min(TaskRows, Shape.Rows - (task * TaskRows));

        /// <summary>The gradient by the state that a row gave at a step, or null where it gave none.</summary>
        internal readonly float* Given(int row, int step) =>
            Shape.Sequences ? Arrays.Y + ((((nint)row * Shape.Steps) + step) * Shape.Units)
            : step == Shape.Steps - 1 ? Arrays.Y + ((nint)row * Shape.Units)
            : null;
    }
}
