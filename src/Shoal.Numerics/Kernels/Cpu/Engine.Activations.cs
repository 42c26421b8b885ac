using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void Activate(ActivationFunction function, float parameter, int length, float* x, float* y);

    internal abstract void ActivateGradient(ActivationFunction function, float parameter, int length, float* value, float* dy, float* dx);

    internal abstract void SoftmaxGradient(int rows, int classes, float* probabilities, float* dy, float* dx);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Activate(ActivationFunction function, float parameter, int length, float* x, float* y)
    {
        var job = new SweepJob { X = x, Y = y, Rate = parameter };
        switch (function)
        {
            case ActivationFunction.LeakyRelu:
                Sweep(length, &ActivateTask<LeakyRelu<TSimd, T>>, job);
                break;
            case ActivationFunction.Elu:
                Sweep(length, &ActivateTask<Elu<TSimd, T>>, job);
                break;
            case ActivationFunction.Sigmoid:
                Sweep(length, &ActivateTask<Sigmoid<TSimd, T>>, job);
                break;
            case ActivationFunction.Tanh:
                Sweep(length, &ActivateTask<Tanh<TSimd, T>>, job);
                break;
            case ActivationFunction.Softplus:
                Sweep(length, &ActivateTask<Softplus<TSimd, T>>, job);
                break;
            case ActivationFunction.Gelu:
                Sweep(length, &ActivateTask<Gelu<TSimd, T>>, job);
                break;
            default:
                Sweep(length, &ActivateTask<GeluTanh<TSimd, T>>, job);
                break;
        }
    }

    internal override void ActivateGradient(ActivationFunction function, float parameter, int length, float* value, float* dy, float* dx)
    {
        var job = new SweepJob { X = value, Y = dx, Gradient = dy, Rate = parameter };
        switch (function)
        {
            case ActivationFunction.LeakyRelu:
                Sweep(length, &ActivateGradientTask<LeakyRelu<TSimd, T>>, job);
                break;
            case ActivationFunction.Elu:
                Sweep(length, &ActivateGradientTask<Elu<TSimd, T>>, job);
                break;
            case ActivationFunction.Sigmoid:
                Sweep(length, &ActivateGradientTask<Sigmoid<TSimd, T>>, job);
                break;
            case ActivationFunction.Tanh:
                Sweep(length, &ActivateGradientTask<Tanh<TSimd, T>>, job);
                break;
            case ActivationFunction.Softplus:
                Sweep(length, &ActivateGradientTask<Softplus<TSimd, T>>, job);
                break;
            case ActivationFunction.Gelu:
                Sweep(length, &ActivateGradientTask<Gelu<TSimd, T>>, job);
                break;
            default:
                Sweep(length, &ActivateGradientTask<GeluTanh<TSimd, T>>, job);
                break;
        }
    }

    internal override void SoftmaxGradient(int rows, int classes, float* probabilities, float* dy, float* dx)
    {
        var job = new SoftmaxGradientJob { Rows = rows, Classes = classes, P = probabilities, Dy = dy, Dx = dx };
        job.TaskRows = Math.Max(1, ElementwiseTask / 4 / classes);
        Team.Run(Divide(rows, job.TaskRows), &SoftmaxGradientTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ActivateTask<TActivation>(void* state, int task, int thread)
        where TActivation : struct, IActivation<T>
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        var parameter = TSimd.Broadcast(job->Rate);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TActivation.Forward(TSimd.Load(job->X + i), parameter), job->Y + i);
        if (i == end)
            return;
        // The last values in a whole register too: a storage is readable beyond its end.
        var rest = stackalloc float[TSimd.Count];
        TSimd.Store(TActivation.Forward(TSimd.Load(job->X + i), parameter), rest);
        new ReadOnlySpan<float>(rest, (int)(end - i)).CopyTo(new Span<float>(job->Y + i, (int)(end - i)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ActivateGradientTask<TActivation>(void* state, int task, int thread)
        where TActivation : struct, IActivation<T>
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        var parameter = TSimd.Broadcast(job->Rate);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
            TSimd.Store(TActivation.Gradient(TSimd.Load(job->X + i), TSimd.Load(job->Gradient + i), parameter), job->Y + i);
        if (i == end)
            return;
        var rest = stackalloc float[TSimd.Count];
        TSimd.Store(TActivation.Gradient(TSimd.Load(job->X + i), TSimd.Load(job->Gradient + i), parameter), rest);
        new ReadOnlySpan<float>(rest, (int)(end - i)).CopyTo(new Span<float>(job->Y + i, (int)(end - i)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SoftmaxGradientTask(void* state, int task, int thread)
    {
        var job = (SoftmaxGradientJob*)state;
        var classes = job->Classes;
        var end = Math.Min(job->Rows, (task + 1) * job->TaskRows);
        for (var row = task * job->TaskRows; row < end; row++)
        {
            var at = (nint)row * classes;
            float* p = job->P + at, dy = job->Dy + at, dx = job->Dx + at;
            var sum = 0f;
            for (var c = 0; c < classes; c++)
                sum = MathF.FusedMultiplyAdd(p[c], dy[c], sum);
            nint i = 0;
            for (; i + TSimd.Count <= classes; i += TSimd.Count)
                TSimd.Store(TSimd.Multiply(TSimd.Load(p + i), TSimd.Subtract(TSimd.Load(dy + i), TSimd.Broadcast(sum))), dx + i);
            for (; i < classes; i++)
                dx[i] = p[i] * (dy[i] - sum);
        }
    }

    private struct SoftmaxGradientJob
    {
        internal int Rows;
        internal int Classes;
        internal int TaskRows;
        internal float* P;
        internal float* Dy;
        internal float* Dx;
    }
}
