using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void Sgd(OptimizerJob job);

    internal abstract void RmsProp(OptimizerJob job);

    internal abstract void Adam(OptimizerJob job);

    internal abstract void MoveTowards(OptimizerJob job);

    internal abstract double SumOfSquares(int length, float* x);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Sgd(OptimizerJob job) => Sweep(job, job.First == null
        ? Choose(job, &SgdTask<Plain<TSimd, T>>, &SgdTask<Clipped<TSimd, T>>, &SgdTask<Decayed<TSimd, T>>)
        : Choose(job, &MomentumTask<Plain<TSimd, T>>, &MomentumTask<Clipped<TSimd, T>>, &MomentumTask<Decayed<TSimd, T>>));

    internal override void RmsProp(OptimizerJob job)
        => Sweep(job, Choose(job, &RmsPropTask<Plain<TSimd, T>>, &RmsPropTask<Clipped<TSimd, T>>, &RmsPropTask<Decayed<TSimd, T>>));

    internal override void Adam(OptimizerJob job)
        => Sweep(job, Choose(job, &AdamTask<Plain<TSimd, T>>, &AdamTask<Clipped<TSimd, T>>, &AdamTask<Decayed<TSimd, T>>));

    internal override void MoveTowards(OptimizerJob job) => Sweep(job, &MoveTowardsTask);

    /// <summary>The code with no more than the job's update asks for.</summary>
    private static delegate*<void*, int, int, void> Choose(
        in OptimizerJob job, delegate*<void*, int, int, void> plain, delegate*<void*, int, int, void> clipped, delegate*<void*, int, int, void> decayed)
        => job.Update.Decay != 0 ? decayed : job.Update == WeightUpdate.Plain ? plain : clipped;

    private void Sweep(OptimizerJob job, delegate*<void*, int, int, void> task) => Team.Run(Divide(job.Length, ElementwiseTask), task, &job);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SgdTask<TUpdate>(void* state, int task, int thread)
        where TUpdate : struct, IUpdate<TSimd, T>
    {
        var job = (OptimizerJob*)state;
        var (i, end) = Range(job, task);
        float* weights = job->Weights, gradient = job->Gradient;
        T scale = TSimd.Broadcast(job->Update.Scale), low = TSimd.Broadcast(-job->Update.Limit), high = TSimd.Broadcast(job->Update.Limit);
        var lost = TSimd.Broadcast(-job->Update.Decay);
        var back = TSimd.Broadcast(-job->Rate);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TSimd.FusedMultiplyAdd(back, TUpdate.Gradient(TSimd.Load(gradient + i), scale, low, high), TUpdate.Weight(TSimd.Load(weights + i), lost)), weights + i);
        ScalarMeaning.Sgd(Rest(weights, i, end), Rest(gradient, i, end), job->Rate, job->Update);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MomentumTask<TUpdate>(void* state, int task, int thread)
        where TUpdate : struct, IUpdate<TSimd, T>
    {
        var job = (OptimizerJob*)state;
        var (i, end) = Range(job, task);
        float* weights = job->Weights, gradient = job->Gradient, velocity = job->First;
        T scale = TSimd.Broadcast(job->Update.Scale), low = TSimd.Broadcast(-job->Update.Limit), high = TSimd.Broadcast(job->Update.Limit);
        var lost = TSimd.Broadcast(-job->Update.Decay);
        T back = TSimd.Broadcast(-job->Rate), momentum = TSimd.Broadcast(job->Momentum);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            var g = TUpdate.Gradient(TSimd.Load(gradient + i), scale, low, high);
            var step = TSimd.FusedMultiplyAdd(back, g, TSimd.Multiply(momentum, TSimd.Load(velocity + i)));
            TSimd.Store(step, velocity + i);
            if (job->Nesterov)
                step = TSimd.FusedMultiplyAdd(back, g, TSimd.Multiply(momentum, step));
            TSimd.Store(TSimd.Add(TUpdate.Weight(TSimd.Load(weights + i), lost), step), weights + i);
        }

        ScalarMeaning.Sgd(
            Rest(weights, i, end), Rest(gradient, i, end), Rest(velocity, i, end), job->Rate, job->Momentum, job->Nesterov, job->Update);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RmsPropTask<TUpdate>(void* state, int task, int thread)
        where TUpdate : struct, IUpdate<TSimd, T>
    {
        var job = (OptimizerJob*)state;
        var (i, end) = Range(job, task);
        float* weights = job->Weights, gradient = job->Gradient, velocity = job->First, average = job->Second, momentum = job->Third;
        T scale = TSimd.Broadcast(job->Update.Scale), low = TSimd.Broadcast(-job->Update.Limit), high = TSimd.Broadcast(job->Update.Limit);
        var lost = TSimd.Broadcast(-job->Update.Decay);
        T rate = TSimd.Broadcast(job->Rate), toMean = TSimd.Broadcast(job->ToFirst), decay = TSimd.Broadcast(job->Momentum);
        T epsilon = TSimd.Broadcast(job->Epsilon), zero = TSimd.Zero;
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            T g = TUpdate.Gradient(TSimd.Load(gradient + i), scale, low, high), v = TSimd.Load(velocity + i);
            v = TSimd.FusedMultiplyAdd(TSimd.FusedMultiplyAdd(g, g, TSimd.Subtract(zero, v)), toMean, v);
            TSimd.Store(v, velocity + i);
            if (average != null)
            {
                var a = TSimd.Load(average + i);
                a = TSimd.FusedMultiplyAdd(TSimd.Subtract(g, a), toMean, a);
                TSimd.Store(a, average + i);
                v = TSimd.AtLeast(TSimd.FusedMultiplyAdd(TSimd.Subtract(zero, a), a, v), zero);
            }

            var step = TSimd.Divide(TSimd.Multiply(rate, g), TSimd.SquareRoot(TSimd.Add(v, epsilon)));
            if (momentum != null)
            {
                step = TSimd.FusedMultiplyAdd(decay, TSimd.Load(momentum + i), step);
                TSimd.Store(step, momentum + i);
            }

            TSimd.Store(TSimd.Subtract(TUpdate.Weight(TSimd.Load(weights + i), lost), step), weights + i);
        }

        ScalarMeaning.RmsProp(
            Rest(weights, i, end), Rest(gradient, i, end), Rest(velocity, i, end), Rest(average, i, end), Rest(momentum, i, end), job->Rate, job->ToFirst,
            job->Momentum, job->Epsilon, job->Update);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AdamTask<TUpdate>(void* state, int task, int thread)
        where TUpdate : struct, IUpdate<TSimd, T>
    {
        var job = (OptimizerJob*)state;
        var (i, end) = Range(job, task);
        float* weights = job->Weights, gradient = job->Gradient, m = job->First, v = job->Second, largest = job->Third;
        T scale = TSimd.Broadcast(job->Update.Scale), low = TSimd.Broadcast(-job->Update.Limit), high = TSimd.Broadcast(job->Update.Limit);
        var lost = TSimd.Broadcast(-job->Update.Decay);
        T toFirst = TSimd.Broadcast(job->ToFirst), toSecond = TSimd.Broadcast(job->ToSecond);
        T back = TSimd.Broadcast(-job->Rate), epsilon = TSimd.Broadcast(job->Epsilon), zero = TSimd.Zero;
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            T g = TUpdate.Gradient(TSimd.Load(gradient + i), scale, low, high), m0 = TSimd.Load(m + i), v0 = TSimd.Load(v + i);
            m0 = TSimd.FusedMultiplyAdd(TSimd.Subtract(g, m0), toFirst, m0);
            v0 = TSimd.FusedMultiplyAdd(TSimd.FusedMultiplyAdd(g, g, TSimd.Subtract(zero, v0)), toSecond, v0);
            TSimd.Store(m0, m + i);
            TSimd.Store(v0, v + i);
            if (largest != null)
            {
                v0 = TSimd.Maximum(TSimd.Load(largest + i), v0);
                TSimd.Store(v0, largest + i);
            }

            var change = TSimd.Divide(m0, TSimd.Add(TSimd.SquareRoot(v0), epsilon));
            TSimd.Store(TSimd.FusedMultiplyAdd(back, change, TUpdate.Weight(TSimd.Load(weights + i), lost)), weights + i);
        }

        ScalarMeaning.Adam(
            Rest(weights, i, end), Rest(gradient, i, end), Rest(m, i, end), Rest(v, i, end), Rest(largest, i, end), job->Rate, job->ToFirst, job->ToSecond,
            job->Epsilon, job->Update);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MoveTowardsTask(void* state, int task, int thread)
    {
        var job = (OptimizerJob*)state;
        var (i, end) = Range(job, task);
        float* average = job->Weights, values = job->Gradient;
        var share = TSimd.Broadcast(job->Rate);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            var a = TSimd.Load(average + i);
            TSimd.Store(TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Load(values + i), a), share, a), average + i);
        }

        ScalarMeaning.MoveTowards(Rest(values, i, end), job->Rate, Rest(average, i, end));
    }

    private static (nint First, nint End) Range(OptimizerJob* job, int task)
    {
        var first = (nint)task * ElementwiseTask;
        return (first, Math.Min(job->Length, first + ElementwiseTask));
    }

    /// <summary>What is left over after whole registers; empty where there is no array.</summary>
    private static Span<float> Rest(float* values, nint first, nint end) => values == null ? default : new(values + first, (int)(end - first));
}
