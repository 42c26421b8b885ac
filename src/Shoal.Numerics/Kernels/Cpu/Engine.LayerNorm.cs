using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void LayerNormForward(in ChannelShape s, float* x, float* gamma, float* beta, float epsilon, float* y);

    internal abstract void LayerNormGradient(
        in ChannelShape s, float* x, float* dy, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
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
        job.PerThread = Scratch.Get(Workspace.Block.PerThread, 2L * job.Width * Team.Threads);
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
        var s = job->Shape;
        nint channels = s.Channels;
        var end = Math.Min(s.Batch * s.Positions, (task + 1) * job->TaskRows);
        var chains = stackalloc double[RowSums<ScalarDouble, double>.Scratch];
        for (var row = task * job->TaskRows; row < end; row++)
        {
            float* x = job->X + (row * channels), y = job->Y + (row * channels);
            var (sum, squares) = SumRow(x, x, channels, chains);
            var (mean, deviation) = ScalarMeaning.RowMoments(sum, squares, s.Channels, job->Epsilon);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LayerNormGradientTask(void* state, int task, int thread)
    {
        var job = (LayerNormJob*)state;
        var s = job->Shape;
        nint channels = s.Channels;
        nint width = job->Width;
        float* sums = job->Sums + (2 * width * task), g = job->PerThread + (2 * width * thread), normal = g + width;
        new Span<float>(sums, (int)(2 * width)).Clear();
        var end = Math.Min(s.Batch, (task + 1) * IKernels.ShardRows) * s.Positions;
        var chains = stackalloc double[RowSums<ScalarDouble, double>.Scratch];
        for (var row = task * IKernels.ShardRows * s.Positions; row < end; row++)
        {
            float* x = job->X + (row * channels), dy = job->Dy + (row * channels), dx = job->Y + (row * channels);
            var (sum, squares) = SumRow(x, x, channels, chains);
            var (mean, deviation) = ScalarMeaning.RowMoments(sum, squares, s.Channels, job->Epsilon);

            // Whole registers: what is computed behind the last channel is never used, and x and dy are readable there.
            for (nint c = 0; c < channels; c += TSimd.Count)
            {
                T gradient = TSimd.Load(dy + c);
                var value = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + c), TSimd.Broadcast(mean)), TSimd.Broadcast(deviation));
                TSimd.Store(value, normal + c);
                TSimd.Store(TSimd.Multiply(TSimd.Load(job->Gamma + c), gradient), g + c);
                TSimd.Store(TSimd.FusedMultiplyAdd(gradient, value, TSimd.Load(sums + c)), sums + c);
                TSimd.Store(TSimd.Add(TSimd.Load(sums + width + c), gradient), sums + width + c);
            }

            var (total, product) = SumRow(g, normal, channels, chains);
            var (second, third) = ScalarMeaning.RowFactors(total, product, deviation, s.Channels);
            nint i = 0;
            for (; i + TSimd.Count <= channels; i += TSimd.Count)
            {
                var plain = TSimd.FusedMultiplyAdd(TSimd.Load(g + i), TSimd.Broadcast(deviation), TSimd.Broadcast(second));
                TSimd.Store(TSimd.FusedMultiplyAdd(TSimd.Load(normal + i), TSimd.Broadcast(third), plain), dx + i);
            }

            for (; i < channels; i++)
                dx[i] = MathF.FusedMultiplyAdd(normal[i], third, MathF.FusedMultiplyAdd(g[i], deviation, second));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Sum, double Product) SumRow(float* a, float* b, nint count, double* chains)
    {
        if (TSimd.Count == 16)
            return RowSums<SimdDouble512, Vector512<double>>.Run(a, b, count, chains);
        if (TSimd.Count == 8)
            return RowSums<SimdDouble256, Vector256<double>>.Run(a, b, count, chains);
        return TSimd.Count == 4 ? RowSums<SimdDouble128, Vector128<double>>.Run(a, b, count, chains) : RowSums<ScalarDouble, double>.Run(a, b, count, chains);
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
        internal float* PerThread;
        internal float Epsilon;
        internal int Width;
        internal int TaskRows;
    }
}
