using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Floats of one task: 64 KB a source, microseconds of work, so that a dispatch costs little and a slow thread holds up little.
    private const int ElementwiseTask = 16384;

    internal override void Copy(int length, float* x, float* y) => Sweep(length, &CopyTask, new SweepJob { X = x, Y = y });

    internal override void ReluForward(int length, float* x, float* y) => Sweep(length, &ReluForwardTask, new SweepJob { X = x, Y = y });

    internal override void ReluGradient(int length, float* y, float* dy, float* dx) => Sweep(length, &ReluGradientTask, new SweepJob { X = y, Y = dx, Gradient = dy });

    internal override void Dropout(int length, float rate, ulong seed, ulong step, float* x, float* y)
        => Sweep(length, &DropoutTask, new SweepJob { X = x, Y = y, Rate = rate, Seed = seed, Step = step });

    private void Sweep(int length, delegate*<void*, int, int, void> task, SweepJob job)
    {
        job.Length = length;
        Team.Run(Divide(length, ElementwiseTask), task, &job);
    }

    private static nint End(SweepJob* job, int task) => Math.Min(job->Length, ((nint)task + 1) * ElementwiseTask);

    private static void CopyTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var first = (nint)task * ElementwiseTask;
        var bytes = (End(job, task) - first) * sizeof(float);
        Buffer.MemoryCopy(job->X + first, job->Y + first, bytes, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReluForwardTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TSimd.Relu(TSimd.Load(job->X + i)), job->Y + i);
        for (; i < end; i++)
            job->Y[i] = Simd.Scalar.Relu(job->X[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReluGradientTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TSimd.WherePositive(TSimd.Load(job->X + i), TSimd.Load(job->Gradient + i)), job->Y + i);
        for (; i < end; i++)
            job->Y[i] = Simd.Scalar.WherePositive(job->X[i], job->Gradient[i]);
    }

    private static void DropoutTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (first, end) = ((nint)task * ElementwiseTask, End(job, task));
        var keep = 1f - job->Rate;
        for (var i = first; i < end; i += 4)
        {
            var (x0, x1, x2, x3) = Philox.Draw(job->Seed, (ulong)i / 4, job->Step);
            job->Y[i] = Philox.ToSingle(x0) >= job->Rate ? job->X[i] / keep : 0f;
            if (i + 1 < end)
                job->Y[i + 1] = Philox.ToSingle(x1) >= job->Rate ? job->X[i + 1] / keep : 0f;
            if (i + 2 < end)
                job->Y[i + 2] = Philox.ToSingle(x2) >= job->Rate ? job->X[i + 2] / keep : 0f;
            if (i + 3 < end)
                job->Y[i + 3] = Philox.ToSingle(x3) >= job->Rate ? job->X[i + 3] / keep : 0f;
        }
    }

    private struct SweepJob
    {
        internal int Length;
        internal float* X;
        internal float* Y;
        internal float* Gradient;
        internal float Rate;
        internal float L1;
        internal float TwiceL2;
        internal ulong Seed;
        internal ulong Step;
    }
}
