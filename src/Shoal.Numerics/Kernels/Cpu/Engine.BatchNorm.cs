using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Four registers of the widest kind.
    private const int ChannelMultiple = 32;

    internal override void BatchNormStatistics(in ChannelShape s, float* x, float* mean, float* variance)
    {
        var sums = Sums(s, x, null, null, out var width, out _);
        var count = (double)s.Batch * s.Positions;
        for (var c = 0; c < s.Channels; c++)
            (mean[c], variance[c]) = ScalarMeaning.Moments(sums[c], sums[width + c], count);
    }

    internal override void BatchNormForward(
        in ChannelShape s, float* x, float* mean, float* variance, float* gamma, float* beta, float epsilon, float* y)
    {
        var width = RoundUp(s.Channels, ChannelMultiple);
        var factors = Scratch.Get(Workspace.Block.Epilogue, 3L * width);
        for (var c = 0; c < s.Channels; c++)
        {
            factors[c] = mean[c];
            factors[width + c] = (float)(gamma[c] * ScalarMeaning.ReciprocalDeviation(variance[c], epsilon));
            factors[(2 * width) + c] = beta[c];
        }

        Normalize(s, new NormalizeJob { X = x, Y = y, Factors = factors, Width = width });
    }

    internal override void BatchNormGradient(
        in ChannelShape s, float* x, float* dy, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx)
    {
        var sums = Sums(s, x, dy, mean, out var width, out var factors);
        for (var c = 0; c < s.Channels; c++)
        {
            var deviation = ScalarMeaning.ReciprocalDeviation(variance[c], epsilon);
            var (first, second, third) = ScalarMeaning.GradientFactors(sums[c], sums[width + c], gamma[c], deviation, (double)s.Batch * s.Positions);
            (dGamma[c], dBeta[c]) = ((float)(sums[width + c] * deviation), (float)sums[c]);
            factors[c] = mean[c];
            (factors[width + c], factors[(2 * width) + c], factors[(3 * width) + c]) = (third, second, first);
        }

        Normalize(s, new NormalizeJob { X = x, Dy = dy, Y = dx, Factors = factors, Width = width });
    }

    /// <summary>Both sums of all channels, the tree over the shards done: (2, width).</summary>
    private double* Sums(in ChannelShape s, float* x, float* dy, float* mean, out int width, out float* factors)
    {
        width = RoundUp(s.Channels, ChannelMultiple);
        var shards = Divide(s.Batch, IKernels.ShardRows);
        var job = new SumsJob { Shape = s, X = x, Dy = dy, Width = width, ShardLength = 2 * width };
        job.Sums = (double*)Scratch.Get(Workspace.Block.Shards, 4L * width * shards);
        job.Mean = (double*)Scratch.Get(Workspace.Block.Channels, 2L * width);
        factors = Scratch.Get(Workspace.Block.Epilogue, 4L * width);
        for (var c = 0; mean != null && c < width; c++)
            job.Mean[c] = c < s.Channels ? mean[c] : 0;
        Team.Run(shards, &SumsTask, &job);
        for (var apart = 1; apart < shards; apart *= 2)
        {
            for (var left = 0; left + apart < shards; left += 2 * apart)
            {
                var to = job.Sums + ((nint)left * job.ShardLength);
                for (nint i = 0; i < job.ShardLength; i++)
                    to[i] += to[((nint)apart * job.ShardLength) + i];
            }
        }

        return job.Sums;
    }

    private static void SumsTask(void* state, int task, int thread)
    {
        var job = (SumsJob*)state;
        var s = job->Shape;
        var first = (nint)task * IKernels.ShardRows;
        var rows = (Math.Min(s.Batch, first + IKernels.ShardRows) - first) * s.Positions;
        var x = job->X + (first * s.Positions * s.Channels);
        var dy = job->Dy == null ? null : job->Dy + (first * s.Positions * s.Channels);
        var sums = job->Sums + ((nint)task * job->ShardLength);
        if (TSimd.Count == 16)
            ChannelSums<SimdDouble512, Vector512<double>>.Run(x, dy, job->Mean, rows, s.Channels, sums, job->Width);
        else if (TSimd.Count == 8)
            ChannelSums<SimdDouble256, Vector256<double>>.Run(x, dy, job->Mean, rows, s.Channels, sums, job->Width);
        else if (TSimd.Count == 4)
            ChannelSums<SimdDouble128, Vector128<double>>.Run(x, dy, job->Mean, rows, s.Channels, sums, job->Width);
        else
            ChannelSums<ScalarDouble, double>.Run(x, dy, job->Mean, rows, s.Channels, sums, job->Width);
    }

    private void Normalize(in ChannelShape s, NormalizeJob job)
    {
        var rows = s.Batch * s.Positions;
        job.Rows = rows;
        job.Channels = s.Channels;
        job.TaskRows = Math.Max(1, Math.Max(ElementwiseTask / s.Channels, Divide(rows, 4096)));
        Team.Run(Divide(rows, job.TaskRows), &NormalizeTask, &job);
    }

    /// <summary>y = fma(x − mean, factor, shift), where for the gradient the shift is itself fma(dy, …, …).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalizeTask(void* state, int task, int thread)
    {
        var job = (NormalizeJob*)state;
        nint channels = job->Channels;
        nint width = job->Width;
        var first = (nint)task * job->TaskRows;
        var end = Math.Min(job->Rows, first + job->TaskRows);
        var whole = channels / TSimd.Count * TSimd.Count;
        var f = job->Factors;
        for (var row = first; row < end; row++)
        {
            var x = job->X + (row * channels);
            var y = job->Y + (row * channels);
            if (job->Dy == null)
            {
                for (nint c = 0; c < whole; c += TSimd.Count)
                {
                    var centred = TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(f + c));
                    TSimd.Store(TSimd.FusedMultiplyAdd(centred, TSimd.Load(f + width + c), TSimd.Load(f + (2 * width) + c)), y + c);
                }

                for (var c = whole; c < channels; c++)
                    y[c] = MathF.FusedMultiplyAdd(x[c] - f[c], f[width + c], f[(2 * width) + c]);
                continue;
            }

            var dy = job->Dy + (row * channels);
            for (nint c = 0; c < whole; c += TSimd.Count)
            {
                var rest = TSimd.FusedMultiplyAdd(TSimd.Load(dy + c), TSimd.Load(f + (3 * width) + c), TSimd.Load(f + (2 * width) + c));
                var centred = TSimd.Subtract(TSimd.Load(x + c), TSimd.Load(f + c));
                TSimd.Store(TSimd.FusedMultiplyAdd(centred, TSimd.Load(f + width + c), rest), y + c);
            }

            for (var c = whole; c < channels; c++)
                y[c] = MathF.FusedMultiplyAdd(x[c] - f[c], f[width + c], MathF.FusedMultiplyAdd(dy[c], f[(3 * width) + c], f[(2 * width) + c]));
        }
    }

    private struct SumsJob
    {
        internal ChannelShape Shape;
        internal float* X;
        internal float* Dy;
        internal double* Mean;
        internal double* Sums;
        internal int ShardLength;
        internal int Width;
    }

    private struct NormalizeJob
    {
        internal float* X;
        internal float* Dy;
        internal float* Y;
        internal float* Factors;
        internal int Width;
        internal int Rows;
        internal int Channels;
        internal int TaskRows;
    }
}
