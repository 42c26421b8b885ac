using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

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

    internal override void Adam(
        int length, float* weights, float* gradient, float* m, float* v, float rate, float toFirst, float toSecond, float epsilon)
        => Sweep(length, &AdamTask, new SweepJob
        {
            Y = weights,
            Gradient = gradient,
            First = m,
            Second = v,
            Rate = rate,
            ToFirst = toFirst,
            ToSecond = toSecond,
            Epsilon = epsilon,
        });

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AdamTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        float* weights = job->Y, gradient = job->Gradient, m = job->First, v = job->Second;
        T toFirst = TSimd.Broadcast(job->ToFirst), toSecond = TSimd.Broadcast(job->ToSecond);
        T back = TSimd.Broadcast(-job->Rate), epsilon = TSimd.Broadcast(job->Epsilon);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            T g = TSimd.Load(gradient + i), m0 = TSimd.Load(m + i), v0 = TSimd.Load(v + i);
            m0 = TSimd.FusedMultiplyAdd(TSimd.Subtract(g, m0), toFirst, m0);
            v0 = TSimd.FusedMultiplyAdd(TSimd.FusedMultiplyAdd(g, g, TSimd.Subtract(TSimd.Zero, v0)), toSecond, v0);
            TSimd.Store(m0, m + i);
            TSimd.Store(v0, v + i);
            var change = TSimd.Divide(m0, TSimd.Add(TSimd.SquareRoot(v0), epsilon));
            TSimd.Store(TSimd.FusedMultiplyAdd(back, change, TSimd.Load(weights + i)), weights + i);
        }

        var rest = (int)(end - i);
        ScalarMeaning.Adam(
            new Span<float>(weights + i, rest), new ReadOnlySpan<float>(gradient + i, rest), new Span<float>(m + i, rest),
            new Span<float>(v + i, rest), job->Rate, job->ToFirst, job->ToSecond, job->Epsilon);
    }

    private struct SweepJob
    {
        internal int Length;
        internal float* X;
        internal float* Y;
        internal float* Gradient;
        internal float* First;
        internal float* Second;
        internal float Rate;
        internal float ToFirst;
        internal float ToSecond;
        internal float Epsilon;
        internal ulong Seed;
        internal ulong Step;
    }
}
