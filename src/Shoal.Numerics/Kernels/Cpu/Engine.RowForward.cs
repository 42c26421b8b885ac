using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // The sums of a task's columns stay in L1 while its rows of weights stream by, a few pages in a row.
    private const int RowColumns = 512;

    /// <summary>
    /// One row times the weights as they lie in memory, bound by reading them. Inputs of ±0 (behind a ReLU often half of them) leave a sum as it is,
    /// so their weights need not be read; with an infinite or NaN weight they would, which is why all weights must be known to be finite.
    /// </summary>
    private void RowForward(in DenseShape shape, float* x, float* weight, bool finiteWeight, float* epilogue, int epilogueStride, bool relu, float* y)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var job = new RowJob
        {
            X = x,
            Weight = weight,
            Y = y,
            Inputs = shape.Inputs,
            Outputs = shape.Outputs,
            Skip = finiteWeight,
            Epilogue = epilogue,
            EpilogueStride = epilogueStride,
            Relu = relu,
            ChunkColumns = Math.Min(RowColumns, RoundUp(Divide(shape.Outputs, Team.Threads), columns)),
            List = (shape.Inputs + 31) / 16 * 16,
        };
        job.ThreadLength = job.List + RowColumns;
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, job.ThreadLength * Team.Threads);
        Team.Run(Divide(shape.Outputs, job.ChunkColumns), &RowTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowTask(void* state, int task, int thread)
    {
        var job = (RowJob*)state;
        var columns = Tiles<TSimd, T>.Columns;
        var list = (int*)(job->Scratch + (job->ThreadLength * thread));
        var sums = (float*)list + job->List;
        var count = 0;
        for (var i = 0; i < job->Inputs; i++)
        {
            list[count] = i;
            count += !job->Skip || job->X[i] != 0f ? 1 : 0;
        }

        var firstColumn = task * job->ChunkColumns;
        var real = Math.Min(job->ChunkColumns, job->Outputs - firstColumn);
        var width = RoundUp(real, columns);
        new Span<float>(sums, width).Clear();
        var x = job->X;
        var next = 0;
        for (; next + 4 <= count; next += 4)
        {
            var (i0, i1, i2, i3) = (list[next], list[next + 1], list[next + 2], list[next + 3]);
            T x0 = TSimd.Broadcast(x[i0]), x1 = TSimd.Broadcast(x[i1]), x2 = TSimd.Broadcast(x[i2]), x3 = TSimd.Broadcast(x[i3]);
            var w0 = job->Weight + ((nint)i0 * job->Outputs) + firstColumn;
            var w1 = job->Weight + ((nint)i1 * job->Outputs) + firstColumn;
            var w2 = job->Weight + ((nint)i2 * job->Outputs) + firstColumn;
            var w3 = job->Weight + ((nint)i3 * job->Outputs) + firstColumn;
            for (nint c = 0; c < width; c += columns)
            {
                T s0 = TSimd.Load(sums + c), s1 = TSimd.Load(sums + c + TSimd.Count);
                s0 = TSimd.FusedMultiplyAdd(x0, TSimd.Load(w0 + c), s0);
                s1 = TSimd.FusedMultiplyAdd(x0, TSimd.Load(w0 + c + TSimd.Count), s1);
                s0 = TSimd.FusedMultiplyAdd(x1, TSimd.Load(w1 + c), s0);
                s1 = TSimd.FusedMultiplyAdd(x1, TSimd.Load(w1 + c + TSimd.Count), s1);
                s0 = TSimd.FusedMultiplyAdd(x2, TSimd.Load(w2 + c), s0);
                s1 = TSimd.FusedMultiplyAdd(x2, TSimd.Load(w2 + c + TSimd.Count), s1);
                s0 = TSimd.FusedMultiplyAdd(x3, TSimd.Load(w3 + c), s0);
                s1 = TSimd.FusedMultiplyAdd(x3, TSimd.Load(w3 + c + TSimd.Count), s1);
                TSimd.Store(s0, sums + c);
                TSimd.Store(s1, sums + c + TSimd.Count);
            }
        }

        for (; next < count; next++)
        {
            var x0 = TSimd.Broadcast(x[list[next]]);
            var w0 = job->Weight + ((nint)list[next] * job->Outputs) + firstColumn;
            for (nint c = 0; c < width; c += TSimd.Count)
                TSimd.Store(TSimd.FusedMultiplyAdd(x0, TSimd.Load(w0 + c), TSimd.Load(sums + c)), sums + c);
        }

        var bias = job->Epilogue + firstColumn;
        for (nint c = 0; c < width; c += TSimd.Count)
        {
            var value = TSimd.Add(TSimd.Load(sums + c), TSimd.Load(bias + c));
            value = TSimd.FusedMultiplyAdd(value, TSimd.Load(bias + job->EpilogueStride + c), TSimd.Load(bias + (2 * job->EpilogueStride) + c));
            TSimd.Store(job->Relu ? TSimd.Relu(value) : value, sums + c);
        }

        Buffer.MemoryCopy(sums, job->Y + firstColumn, real * sizeof(float), real * sizeof(float));
    }

    private struct RowJob
    {
        internal float* X;
        internal float* Weight;
        internal float* Y;
        internal int Inputs;
        internal int Outputs;
        internal bool Skip;
        internal float* Epilogue;
        internal int EpilogueStride;
        internal bool Relu;
        internal int ChunkColumns;
        internal int List;
        internal float* Scratch;
        internal int ThreadLength;
    }
}
