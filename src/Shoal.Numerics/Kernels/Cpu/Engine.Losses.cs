using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void RowLosses(LossJob job);

    internal abstract void ScaleRows(LossJob job);

    internal struct LossJob
    {
        internal LossFormula Formula;
        internal float Parameter;
        internal int Rows;
        internal int Outputs;
        internal int TaskRows;
        internal float* X;
        internal float* Targets;
        internal float* Losses;
        internal float* Gradient;
    }
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void RowLosses(LossJob job) => RunRows(job, &LossTask);

    internal override void ScaleRows(LossJob job) => RunRows(job, &ScaleRowsTask);

    private void RunRows(LossJob job, delegate*<void*, int, int, void> task)
    {
        job.TaskRows = Math.Max(1, ElementwiseTask / 8 / job.Outputs);
        Team.Run(Divide(job.Rows, job.TaskRows), task, &job);
    }

    /// <summary>Exponentials in registers, the chains of a row by their meaning.</summary>
    private static void LossTask(void* state, int task, int thread)
    {
        var job = (LossJob*)state;
        var outputs = job->Outputs;
        var end = Math.Min(job->Rows, (task + 1) * job->TaskRows);
        for (var row = task * job->TaskRows; row < end; row++)
        {
            float* x = job->X + ((nint)row * outputs), d = job->Gradient + ((nint)row * outputs);
            var maximum = 0f;
            if (job->Formula == LossFormula.SoftmaxCrossEntropy)
                maximum = PowersOfRow(x, outputs, d);
            else if (job->Formula == LossFormula.BinaryCrossEntropyOfLogits)
                PowersOfSizes(x, outputs, d);
            job->Losses[row] = ScalarMeaning.RowLoss(
                job->Formula, job->Parameter, job->Rows, maximum, new(x, outputs), new(job->Targets + ((nint)row * outputs), outputs), new(d, outputs));
        }
    }

    /// <summary>exp(x − max), and the maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float PowersOfRow(float* x, int outputs, float* powers)
    {
        var maximum = *x;
        for (var c = 1; c < outputs; c++)
            maximum = Scalar.Maximum(maximum, x[c]);
        var i = 0;
        for (; i + TSimd.Count <= outputs; i += TSimd.Count)
            TSimd.Store(ExpKernel<TSimd, T>.Evaluate(TSimd.Subtract(TSimd.Load(x + i), TSimd.Broadcast(maximum))), powers + i);
        for (; i < outputs; i++)
            powers[i] = ExpKernel<Scalar, float>.Evaluate(x[i] - maximum);
        return maximum;
    }

    /// <summary>exp(−|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PowersOfSizes(float* x, int outputs, float* powers)
    {
        var i = 0;
        for (; i + TSimd.Count <= outputs; i += TSimd.Count)
        {
            var value = TSimd.Load(x + i);
            TSimd.Store(ExpKernel<TSimd, T>.Evaluate(TSimd.AtMost(value, TSimd.Subtract(TSimd.Zero, value))), powers + i);
        }

        for (; i < outputs; i++)
            powers[i] = ExpKernel<Scalar, float>.Evaluate(Scalar.AtMost(x[i], 0f - x[i]));
    }

    private static void ScaleRowsTask(void* state, int task, int thread)
    {
        var job = (LossJob*)state;
        var first = task * job->TaskRows;
        var rows = Math.Min(job->TaskRows, job->Rows - first);
        ScalarMeaning.ScaleRows(job->Outputs, new(job->X + first, rows), new(job->Gradient + ((nint)first * job->Outputs), rows * job->Outputs));
    }
}
