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
        var factors = Scratch.Get(Workspace.Block.Epilogue, 3L * RoundUp(s.Channels, ChannelMultiple));
        Normalize(s, NormalizeJobOf(s, mean, variance, gamma, beta, epsilon, factors) with { X = x, Y = y });
    }

    internal override void BatchNormGradient(
        in ChannelShape s, float* x, float* dy, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx)
    {
        var sums = Sums(s, x, dy, mean, out var width, out var factors);
        GradientFactors(s, sums, width, mean, variance, gamma, epsilon, dGamma, dBeta, factors);
        Normalize(s, new NormalizeJob { X = x, Dy = dy, Y = dx, Factors = factors, Width = width });
    }

    /// <summary>Factors of the forward pass for one image, a task.</summary>
    private static NormalizeJob NormalizeJobOf(in ChannelShape s, float* mean, float* variance, float* gamma, float* beta, float epsilon, float* factors)
    {
        var width = RoundUp(s.Channels, ChannelMultiple);
        for (var c = 0; c < s.Channels; c++)
        {
            factors[c] = mean[c];
            factors[width + c] = (float)(gamma[c] * ScalarMeaning.ReciprocalDeviation(variance[c], epsilon));
            factors[(2 * width) + c] = beta[c];
        }

        return new NormalizeJob { Factors = factors, Width = width, Rows = s.Positions, Channels = s.Channels, TaskRows = s.Positions };
    }

    private static void GradientFactors(
        in ChannelShape s, double* sums, int width, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* factors)
    {
        for (var c = 0; c < s.Channels; c++)
        {
            var deviation = ScalarMeaning.ReciprocalDeviation(variance[c], epsilon);
            var count = (double)s.Batch * s.Positions;
            var (first, second, third) = ScalarMeaning.GradientFactors(sums[c], sums[width + c], gamma[c], deviation, count);
            (dGamma[c], dBeta[c]) = ((float)(sums[width + c] * deviation), (float)sums[c]);
            factors[c] = mean[c];
            (factors[width + c], factors[(2 * width) + c], factors[(3 * width) + c]) = (third, second, first);
        }
    }

    /// <summary>Both sums of all channels, the tree over the shards done: (2, width).</summary>
    private double* Sums(in ChannelShape s, float* x, float* dy, float* mean, out int width, out float* factors)
    {
        var shards = Divide(s.Batch, IKernels.ShardRows);
        var job = SumsOf(s, x, dy, mean);
        Team.Run(shards, &SumsTask, &job);
        AddShards(job, shards);
        width = job.Width;
        factors = Scratch.Get(Workspace.Block.Epilogue, 4L * width);
        return job.Sums;
    }

    private SumsJob SumsOf(in ChannelShape s, float* x, float* dy, float* mean)
    {
        var width = RoundUp(s.Channels, ChannelMultiple);
        var job = new SumsJob { Shape = s, X = x, Dy = dy, Width = width, ShardLength = 2 * width };
        job.Sums = (double*)Scratch.Get(Workspace.Block.Shards, 4L * width * Divide(s.Batch, IKernels.ShardRows));
        job.Mean = (double*)Scratch.Get(Workspace.Block.Channels, 2L * width);
        for (var c = 0; mean != null && c < width; c++)
            job.Mean[c] = c < s.Channels ? mean[c] : 0;
        return job;
    }

    private static void AddShards(in SumsJob job, int shards)
    {
        for (var apart = 1; apart < shards; apart *= 2)
        {
            for (var left = 0; left + apart < shards; left += 2 * apart)
            {
                var to = job.Sums + ((nint)left * job.ShardLength);
                for (nint i = 0; i < job.ShardLength; i++)
                    to[i] += to[((nint)apart * job.ShardLength) + i];
            }
        }
    }

    private static void SumsTask(void* state, int task, int thread)
    {
        var job = (SumsJob*)state;
        var s = job->Shape;
        var length = (nint)s.Positions * s.Channels;
        var first = (nint)task * IKernels.ShardRows;
        var images = Math.Min(s.Batch, first + IKernels.ShardRows) - first;
        ShardSums(job, job->X + (first * length), job->Dy == null ? null : job->Dy + (first * length), task, goOn: false, images);
    }

    /// <summary>Adds some images to the sums of their shard.</summary>
    private static void ShardSums(SumsJob* job, float* x, float* dy, int shard, bool goOn, nint images = 1)
    {
        var sums = job->Sums + ((nint)shard * job->ShardLength);
        var (rows, channels) = (images * job->Shape.Positions, job->Shape.Channels);
        if (!goOn)
            new Span<double>(sums, job->ShardLength).Clear();
        if (TSimd.Count == 16)
            ChannelSums<SimdDouble512, Vector512<double>>.Add(x, dy, job->Mean, rows, channels, sums, job->Width);
        else if (TSimd.Count == 8)
            ChannelSums<SimdDouble256, Vector256<double>>.Add(x, dy, job->Mean, rows, channels, sums, job->Width);
        else if (TSimd.Count == 4)
            ChannelSums<SimdDouble128, Vector128<double>>.Add(x, dy, job->Mean, rows, channels, sums, job->Width);
        else
            ChannelSums<ScalarDouble, double>.Add(x, dy, job->Mean, rows, channels, sums, job->Width);
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
                    var value = TSimd.FusedMultiplyAdd(centred, TSimd.Load(f + width + c), TSimd.Load(f + (2 * width) + c));
                    TSimd.Store(job->Relu ? TSimd.Relu(value) : value, y + c);
                }

                for (var c = whole; c < channels; c++)
                {
                    var value = MathF.FusedMultiplyAdd(x[c] - f[c], f[width + c], f[(2 * width) + c]);
                    y[c] = job->Relu ? Simd.Scalar.Relu(value) : value;
                }

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
        internal bool Relu;
        internal int Width;
        internal int Rows;
        internal int Channels;
        internal int TaskRows;
    }
}
