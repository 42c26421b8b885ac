using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void BatchNormFrozenGradient(
        in ChannelShape s, float* x, float* dy, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void BatchNormFrozenGradient(
        in ChannelShape s, float* x, float* dy, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx)
    {
        var sums = Sums(s, x, dy, mean, out var width, out var factors);
        for (var c = 0; c < s.Channels; c++)
        {
            var deviation = ScalarMeaning.ReciprocalDeviation(variance[c], epsilon);
            (dGamma[c], dBeta[c]) = ((float)(sums[width + c] * deviation), (float)sums[c]);
            factors[c] = (float)(gamma[c] * deviation);
        }

        var job = new NormalizeJob { Dy = dy, Y = dx, Factors = factors, Rows = s.Batch * s.Positions, Channels = s.Channels };
        job.TaskRows = Math.Max(1, ElementwiseTask / s.Channels);
        Team.Run(Divide(job.Rows, job.TaskRows), &ScaleTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleTask(void* state, int task, int thread)
    {
        var job = (NormalizeJob*)state;
        nint channels = job->Channels;
        var end = Math.Min(job->Rows, (task + 1) * job->TaskRows);
        for (var row = task * job->TaskRows; row < end; row++)
        {
            float* dy = job->Dy + (row * channels), dx = job->Y + (row * channels);
            nint c = 0;
            for (; c + TSimd.Count <= channels; c += TSimd.Count)
                TSimd.Store(TSimd.Multiply(TSimd.Load(dy + c), TSimd.Load(job->Factors + c)), dx + c);
            for (; c < channels; c++)
                dx[c] = dy[c] * job->Factors[c];
        }
    }
}
