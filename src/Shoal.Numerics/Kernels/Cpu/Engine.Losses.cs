using Shoal.Numerics.Kernels.Meaning;

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

    internal override void ScaleRows(LossJob job) => RunRows(job, &ScaleTask);

    private void RunRows(LossJob job, delegate*<void*, int, int, void> task)
    {
        job.TaskRows = Math.Max(1, ElementwiseTask / 8 / job.Outputs);
        Team.Run(Divide(job.Rows, job.TaskRows), task, &job);
    }

    /// <summary>The meaning itself, shared out by rows: a loss has few outputs, most with a logarithm, beside the layers before it.</summary>
    private static void LossTask(void* state, int task, int thread)
    {
        var job = (LossJob*)state;
        var (first, rows, at, length) = Rows(job, task);
        ScalarMeaning.RowLosses(
            job->Formula, job->Parameter, job->Rows, job->Outputs, new(job->X + at, length), new(job->Targets + at, length), new(job->Losses + first, rows),
            new(job->Gradient + at, length));
    }

    private static void ScaleTask(void* state, int task, int thread)
    {
        var job = (LossJob*)state;
        var (first, rows, at, length) = Rows(job, task);
        ScalarMeaning.ScaleRows(job->Outputs, new(job->X + first, rows), new(job->Gradient + at, length));
    }

    private static (int First, int Rows, nint At, int Length) Rows(LossJob* job, int task)
    {
        var first = task * job->TaskRows;
        var rows = Math.Min(job->TaskRows, job->Rows - first);
        return (first, rows, (nint)first * job->Outputs, rows * job->Outputs);
    }
}
