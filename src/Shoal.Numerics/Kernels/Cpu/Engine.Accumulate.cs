using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void Accumulate(int length, float* x, float* y);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Accumulate(int length, float* x, float* y) => Sweep(length, &AccumulateTask, new SweepJob { X = x, Y = y });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AccumulateTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TSimd.Add(TSimd.Load(job->Y + i), TSimd.Load(job->X + i)), job->Y + i);
        for (; i < end; i++)
            job->Y[i] += job->X[i];
    }
}
