using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void AveragePoolForward(in PoolShape s, float* x, float* y);

    internal abstract void AveragePoolGradient(in PoolShape s, float* dy, float* dx);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void AveragePoolForward(in PoolShape s, float* x, float* y)
    {
        var job = new PoolJob { Shape = s, X = x, Y = y, Height = s.OutputHeight, Width = s.OutputWidth, Top = s.PadTop, Left = s.PadLeft };
        job.TaskRows = Math.Clamp(Divide(s.Batch * job.Height, 4 * Team.Threads), 1, Math.Max(1, ElementwiseTask / (s.Width * s.Channels * s.StrideHeight)));
        Team.Run(Divide(s.Batch * job.Height, job.TaskRows), &AveragePoolForwardTask, &job);
    }

    internal override void AveragePoolGradient(in PoolShape s, float* dy, float* dx)
    {
        // Windows may overlap, so an image is one task.
        var job = new PoolJob { Shape = s, Dy = dy, Dx = dx, Height = s.OutputHeight, Width = s.OutputWidth, Top = s.PadTop, Left = s.PadLeft };
        Team.Run(s.Batch, &AveragePoolGradientTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePoolForwardTask(void* state, int task, int thread)
    {
        var job = (PoolJob*)state;
        ref var s = ref job->Shape;
        nint channels = s.Channels;
        var line = s.Width * channels;
        var end = Math.Min(s.Batch * job->Height, (task + 1) * job->TaskRows);
        for (var at = task * job->TaskRows; at < end; at++)
        {
            var (image, row) = (at / job->Height, at % job->Height);
            var (h0, h1) = Inside((row * s.StrideHeight) - job->Top, s.PoolHeight, s.Height);
            for (var column = 0; column < job->Width; column++)
            {
                var (w0, w1) = Inside((column * s.StrideWidth) - job->Left, s.PoolWidth, s.Width);
                var x = job->X + (((nint)image * s.Height) + h0) * line;
                var y = job->Y + ((((nint)at * job->Width) + column) * channels);
                var (rows, first, last) = (h1 - h0, w0 * channels, w1 * channels);
                float count = rows * (w1 - w0);
                nint c = 0;
                for (; c + TSimd.Count <= channels; c += TSimd.Count)
                {
                    var sum = TSimd.Zero;
                    for (var h = 0; h < rows; h++)
                    {
                        for (var w = first; w < last; w += channels)
                            sum = TSimd.Add(sum, TSimd.Load(x + (h * line) + w + c));
                    }

                    TSimd.Store(TSimd.Divide(sum, TSimd.Broadcast(count)), y + c);
                }

                for (; c < channels; c++)
                {
                    var sum = 0f;
                    for (var h = 0; h < rows; h++)
                    {
                        for (var w = first; w < last; w += channels)
                            sum += x[(h * line) + w + c];
                    }

                    y[c] = sum / count;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePoolGradientTask(void* state, int image, int thread)
    {
        var job = (PoolJob*)state;
        ref var s = ref job->Shape;
        nint channels = s.Channels;
        var line = s.Width * channels;
        var dx = job->Dx + ((nint)image * s.Height * line);
        new Span<float>(dx, (int)(s.Height * line)).Clear();
        for (var row = 0; row < job->Height; row++)
        {
            var (h0, h1) = Inside((row * s.StrideHeight) - job->Top, s.PoolHeight, s.Height);
            for (var column = 0; column < job->Width; column++)
            {
                var (w0, w1) = Inside((column * s.StrideWidth) - job->Left, s.PoolWidth, s.Width);
                var dy = job->Dy + (((((nint)image * job->Height) + row) * job->Width) + column) * channels;
                float count = (h1 - h0) * (w1 - w0);
                for (nint h = h0; h < h1; h++)
                {
                    for (nint w = w0; w < w1; w++)
                    {
                        var to = dx + (h * line) + (w * channels);
                        nint c = 0;
                        for (; c + TSimd.Count <= channels; c += TSimd.Count)
                            TSimd.Store(TSimd.Add(TSimd.Load(to + c), TSimd.Divide(TSimd.Load(dy + c), TSimd.Broadcast(count))), to + c);
                        for (; c < channels; c++)
                            to[c] += dy[c] / count;
                    }
                }
            }
        }
    }

    /// <summary>The part of a window that lies inside.</summary>
    private static (int First, int End) Inside(int first, int size, int limit) => (Math.Max(0, first), Math.Min(limit, first + size));
}
