using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void Add(int length, float* left, float* right, float* y);

    internal abstract void CopyBlocks(int blocks, int length, float* source, int sourceStride, float* destination, int destinationStride);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Add(int length, float* left, float* right, float* y)
        => Sweep(length, &AddTask, new SweepJob { X = left, Gradient = right, Y = y });

    internal override void CopyBlocks(int blocks, int length, float* source, int sourceStride, float* destination, int destinationStride)
    {
        var job = new BlocksJob { Blocks = blocks, Length = length, From = source, FromStride = sourceStride, To = destination, ToStride = destinationStride };
        job.TaskBlocks = Math.Max(1, ElementwiseTask / length);
        Team.Run(Divide(blocks, job.TaskBlocks), &CopyBlocksTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TSimd.Add(TSimd.Load(job->X + i), TSimd.Load(job->Gradient + i)), job->Y + i);
        for (; i < end; i++)
            job->Y[i] = job->X[i] + job->Gradient[i];
    }

    private static void CopyBlocksTask(void* state, int task, int thread)
    {
        var job = (BlocksJob*)state;
        var end = Math.Min(job->Blocks, (task + 1) * job->TaskBlocks);
        for (var block = task * job->TaskBlocks; block < end; block++)
        {
            var from = new ReadOnlySpan<float>(job->From + ((nint)block * job->FromStride), job->Length);
            from.CopyTo(new Span<float>(job->To + ((nint)block * job->ToStride), job->Length));
        }
    }

    private struct BlocksJob
    {
        internal int Blocks;
        internal int Length;
        internal int TaskBlocks;
        internal int FromStride;
        internal int ToStride;
        internal float* From;
        internal float* To;
    }
}
