using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Softmax(int rows, int classes, float* logits, float* probabilities)
        => SoftmaxRows(new SoftmaxJob { Rows = rows, Classes = classes, X = logits, P = probabilities });

    internal override void SoftmaxCrossEntropy(int rows, int classes, float* logits, float* targets, float* losses, float* dLogits)
        => SoftmaxRows(new SoftmaxJob { Rows = rows, Classes = classes, X = logits, P = dLogits, Targets = targets, Losses = losses });

    private void SoftmaxRows(SoftmaxJob job)
    {
        job.TaskRows = Math.Max(1, ElementwiseTask / 8 / job.Classes);
        Team.Run(Divide(job.Rows, job.TaskRows), &SoftmaxTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SoftmaxTask(void* state, int task, int thread)
    {
        var job = (SoftmaxJob*)state;
        var classes = job->Classes;
        var end = Math.Min(job->Rows, (task + 1) * job->TaskRows);
        for (var row = task * job->TaskRows; row < end; row++)
        {
            var x = job->X + ((nint)row * classes);
            var p = job->P + ((nint)row * classes);
            var maximum = *x;
            for (var c = 1; c < classes; c++)
                maximum = Scalar.Maximum(maximum, x[c]);
            var i = 0;
            for (; i + TSimd.Count <= classes; i += TSimd.Count)
                TSimd.Store(ExpKernel<TSimd, T>.Evaluate(TSimd.Subtract(TSimd.Load(x + i), TSimd.Broadcast(maximum))), p + i);
            for (; i < classes; i++)
                p[i] = ExpKernel<Scalar, float>.Evaluate(x[i] - maximum);
            var sum = 0f;
            for (i = 0; i < classes; i++)
                sum += p[i];
            if (job->Targets != null)
            {
                Loss(job, row, x, maximum, sum, p);
                continue;
            }

            for (i = 0; i < classes; i++)
                p[i] /= sum;
        }
    }

    private static void Loss(SoftmaxJob* job, int row, float* x, float maximum, float sum, float* p)
    {
        var t = job->Targets + ((nint)row * job->Classes);
        var logSum = SpecialFunctions.Log(sum);
        var (loss, total) = (0f, 0f);
        for (var c = 0; c < job->Classes; c++)
        {
            total += t[c];
            if (t[c] != 0f)
                loss = MathF.FusedMultiplyAdd(-t[c], x[c] - maximum - logSum, loss);
        }

        job->Losses[row] = loss;
        for (var c = 0; c < job->Classes; c++)
            p[c] = MathF.FusedMultiplyAdd(p[c] / sum, total, -t[c]) / job->Rows;
    }

    private struct SoftmaxJob
    {
        internal int Rows;
        internal int Classes;
        internal int TaskRows;
        internal float* X;
        internal float* P;
        internal float* Targets;
        internal float* Losses;
    }
}
