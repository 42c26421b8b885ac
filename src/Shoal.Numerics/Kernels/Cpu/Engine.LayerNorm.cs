using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void LayerNormForward(in ChannelShape s, float* x, float* gamma, float* beta, float epsilon, float* y);

    internal abstract void LayerNormGradient(
        in ChannelShape s, float* x, float* dy, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Rows whose chains run side by side: a chain of doubles waits four cycles for its last sum.
    private const int LayerNormRows = 4;

    internal override void LayerNormForward(in ChannelShape s, float* x, float* gamma, float* beta, float epsilon, float* y)
    {
        var job = new LayerNormJob { Shape = s, X = x, Gamma = gamma, Beta = beta, Epsilon = epsilon, Y = y };
        var rows = s.Batch * s.Positions;
        job.TaskRows = Math.Max(1, ElementwiseTask / s.Channels);
        Team.Run(Divide(rows, job.TaskRows), &LayerNormForwardTask, &job);
    }

    internal override void LayerNormGradient(
        in ChannelShape s, float* x, float* dy, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx)
    {
        var shards = Divide(s.Batch, IKernels.ShardRows);
        var job = new LayerNormJob { Shape = s, X = x, Dy = dy, Gamma = gamma, Epsilon = epsilon, Y = dx, Width = RoundUp(s.Channels, TSimd.Count) };
        job.Sums = Scratch.Get(Workspace.Block.Shards, 2L * job.Width * shards);
        Team.Run(shards, &LayerNormGradientTask, &job);
        var length = 2 * (nint)job.Width;
        for (var apart = 1; apart < shards; apart *= 2)
        {
            for (var left = 0; left + apart < shards; left += 2 * apart)
            {
                var to = job.Sums + (left * length);
                for (nint i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(TSimd.Add(TSimd.Load(to + i), TSimd.Load(to + (apart * length) + i)), to + i);
            }
        }

        new ReadOnlySpan<float>(job.Sums, s.Channels).CopyTo(new Span<float>(dGamma, s.Channels));
        new ReadOnlySpan<float>(job.Sums + job.Width, s.Channels).CopyTo(new Span<float>(dBeta, s.Channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LayerNormForwardTask(void* state, int task, int thread)
    {
        var job = (LayerNormJob*)state;
        nint channels = job->Shape.Channels;
        var end = Math.Min(job->Shape.Batch * job->Shape.Positions, (task + 1) * job->TaskRows);
        var moments = stackalloc float[2 * LayerNormRows];
        for (var row = task * job->TaskRows; row < end; row += LayerNormRows)
        {
            var rows = Math.Min(LayerNormRows, end - row);
            Moments(job, row, rows, moments);
            for (var r = 0; r < rows; r++)
            {
                var at = (row + r) * channels;
                float* x = job->X + at, y = job->Y + at;
                var (mean, deviation) = (moments[r], moments[LayerNormRows + r]);
                nint c = 0;
                for (; c + TSimd.Count <= channels; c += TSimd.Count)
                {
                    var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + c), TSimd.Broadcast(mean)), TSimd.Broadcast(deviation));
                    TSimd.Store(TSimd.FusedMultiplyAdd(normal, TSimd.Load(job->Gamma + c), TSimd.Load(job->Beta + c)), y + c);
                }

                for (; c < channels; c++)
                    y[c] = MathF.FusedMultiplyAdd((x[c] - mean) * deviation, job->Gamma[c], job->Beta[c]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LayerNormGradientTask(void* state, int task, int thread)
    {
        var job = (LayerNormJob*)state;
        var s = job->Shape;
        nint channels = s.Channels;
        var sums = job->Sums + (2 * (nint)job->Width * task);
        new Span<float>(sums, 2 * job->Width).Clear();
        var end = Math.Min(s.Batch, (task + 1) * IKernels.ShardRows) * s.Positions;
        var moments = stackalloc float[2 * LayerNormRows];
        for (var row = task * IKernels.ShardRows * s.Positions; row < end; row += LayerNormRows)
        {
            var rows = Math.Min(LayerNormRows, end - row);
            Moments(job, row, rows, moments);
            for (var r = 0; r < rows; r++)
            {
                var at = (row + r) * channels;
                float* x = job->X + at, dy = job->Dy + at, dx = job->Y + at;
                var (mean, deviation) = (moments[r], moments[LayerNormRows + r]);
                SumUp(job, x, dy, mean, deviation, sums);
                var (sum, product) = (0.0, 0.0);
                for (nint c = 0; c < channels; c++)
                {
                    var g = job->Gamma[c] * dy[c];
                    sum += g;
                    product = Math.FusedMultiplyAdd(g, (x[c] - mean) * deviation, product);
                }

                var (second, third) = ScalarMeaning.RowFactors(sum, product, deviation, s.Channels);
                Spread(job, x, dy, dx, mean, deviation, second, third);
            }
        }
    }

    /// <summary>The gradients by gamma and beta of one row, added to those of its shard.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumUp(LayerNormJob* job, float* x, float* dy, float mean, float deviation, float* sums)
    {
        nint channels = job->Shape.Channels;
        var plain = sums + job->Width;
        nint c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + c), TSimd.Broadcast(mean)), TSimd.Broadcast(deviation));
            TSimd.Store(TSimd.FusedMultiplyAdd(TSimd.Load(dy + c), normal, TSimd.Load(sums + c)), sums + c);
            TSimd.Store(TSimd.Add(TSimd.Load(plain + c), TSimd.Load(dy + c)), plain + c);
        }

        for (; c < channels; c++)
        {
            sums[c] = MathF.FusedMultiplyAdd(dy[c], (x[c] - mean) * deviation, sums[c]);
            plain[c] += dy[c];
        }
    }

    /// <summary>dx of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(LayerNormJob* job, float* x, float* dy, float* dx, float mean, float deviation, float second, float third)
    {
        nint channels = job->Shape.Channels;
        nint c = 0;
        for (; c + TSimd.Count <= channels; c += TSimd.Count)
        {
            var normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + c), TSimd.Broadcast(mean)), TSimd.Broadcast(deviation));
            var g = TSimd.Multiply(TSimd.Load(job->Gamma + c), TSimd.Load(dy + c));
            var rest = TSimd.FusedMultiplyAdd(g, TSimd.Broadcast(deviation), TSimd.Broadcast(second));
            TSimd.Store(TSimd.FusedMultiplyAdd(normal, TSimd.Broadcast(third), rest), dx + c);
        }

        for (; c < channels; c++)
        {
            var rest = MathF.FusedMultiplyAdd(job->Gamma[c] * dy[c], deviation, second);
            dx[c] = MathF.FusedMultiplyAdd((x[c] - mean) * deviation, third, rest);
        }
    }

    /// <summary>Mean and reciprocal deviation of a few rows: (2, <see cref="LayerNormRows"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Moments(LayerNormJob* job, int row, int rows, float* moments)
    {
        nint channels = job->Shape.Channels;
        var x0 = job->X + (row * channels);
        // Rows that are not there are the last one again.
        float* x1 = x0 + (Math.Min(1, rows - 1) * channels), x2 = x0 + (Math.Min(2, rows - 1) * channels), x3 = x0 + ((rows - 1) * channels);
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
        var (q0, q1, q2, q3) = (0.0, 0.0, 0.0, 0.0);
        for (nint c = 0; c < channels; c++)
        {
            double v0 = x0[c], v1 = x1[c], v2 = x2[c], v3 = x3[c];
            s0 += v0;
            s1 += v1;
            s2 += v2;
            s3 += v3;
            q0 = Math.FusedMultiplyAdd(v0, v0, q0);
            q1 = Math.FusedMultiplyAdd(v1, v1, q1);
            q2 = Math.FusedMultiplyAdd(v2, v2, q2);
            q3 = Math.FusedMultiplyAdd(v3, v3, q3);
        }

        var count = job->Shape.Channels;
        (moments[0], moments[LayerNormRows]) = ScalarMeaning.RowMoments(s0, q0, count, job->Epsilon);
        (moments[1], moments[LayerNormRows + 1]) = ScalarMeaning.RowMoments(s1, q1, count, job->Epsilon);
        (moments[2], moments[LayerNormRows + 2]) = ScalarMeaning.RowMoments(s2, q2, count, job->Epsilon);
        (moments[3], moments[LayerNormRows + 3]) = ScalarMeaning.RowMoments(s3, q3, count, job->Epsilon);
    }

    private struct LayerNormJob
    {
        internal ChannelShape Shape;
        internal float* X;
        internal float* Dy;
        internal float* Y;
        internal float* Gamma;
        internal float* Beta;
        internal float* Sums;
        internal float Epsilon;
        internal int Width;
        internal int TaskRows;
    }
}
