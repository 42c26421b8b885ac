using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void MaxPoolForward(in PoolShape s, float* x, float* y)
    {
        // Rows of windows are independent; a task is a few rows of one image.
        var job = new PoolJob { Shape = s, X = x, Y = y, Height = s.OutputHeight, Width = s.OutputWidth, Top = s.PadTop, Left = s.PadLeft };
        job.TaskRows = Math.Clamp(Divide(s.Batch * job.Height, 4 * Team.Threads), 1, Math.Max(1, ElementwiseTask / (s.Width * s.Channels * s.StrideHeight)));
        Team.Run(Divide(s.Batch * job.Height, job.TaskRows), &MaxPoolForwardTask, &job);
    }

    internal override void MaxPoolGradient(in PoolShape s, float* x, float* y, float* dy, float* dx)
    {
        // Windows may overlap, so an image is one task.
        var job = new PoolJob { Shape = s, X = x, Y = y, Dy = dy, Dx = dx, Height = s.OutputHeight, Width = s.OutputWidth, Top = s.PadTop, Left = s.PadLeft };
        Team.Run(s.Batch, &MaxPoolGradientTask, &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolForwardTask(void* state, int task, int thread)
    {
        var job = (PoolJob*)state;
        ref var s = ref job->Shape;
        nint channels = s.Channels;
        var end = Math.Min(s.Batch * job->Height, (task + 1) * job->TaskRows);
        for (var line = task * job->TaskRows; line < end; line++)
        {
            var (image, row) = (line / job->Height, line % job->Height);
            var x = job->X + ((nint)image * s.Height * s.Width * channels);
            var (h0, h1) = (Math.Max(0, (row * s.StrideHeight) - job->Top), Math.Min(s.Height, (row * s.StrideHeight) - job->Top + s.PoolHeight));
            for (var column = 0; column < job->Width; column++)
            {
                var (w0, w1) = (Math.Max(0, (column * s.StrideWidth) - job->Left), Math.Min(s.Width, (column * s.StrideWidth) - job->Left + s.PoolWidth));
                var y = job->Y + ((((nint)line * job->Width) + column) * channels);
                nint c = 0;
                for (; c + TSimd.Count <= channels; c += TSimd.Count)
                {
                    var best = TSimd.Load(x + (((nint)h0 * s.Width) + w0) * channels + c);
                    for (var h = h0; h < h1; h++)
                    {
                        for (var w = w0; w < w1; w++)
                            best = TSimd.Maximum(best, TSimd.Load(x + ((((nint)h * s.Width) + w) * channels) + c));
                    }

                    TSimd.Store(best, y + c);
                }

                for (; c < channels; c++)
                {
                    var best = x[((((nint)h0 * s.Width) + w0) * channels) + c];
                    for (var h = h0; h < h1; h++)
                    {
                        for (var w = w0; w < w1; w++)
                            best = Scalar.Maximum(best, x[((((nint)h * s.Width) + w) * channels) + c]);
                    }

                    y[c] = best;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolGradientTask(void* state, int image, int thread)
    {
        var job = (PoolJob*)state;
        ref var s = ref job->Shape;
        nint channels = s.Channels;
        var x = job->X + ((nint)image * s.Height * s.Width * channels);
        var dx = job->Dx + ((nint)image * s.Height * s.Width * channels);
        new Span<float>(dx, (int)(s.Height * s.Width * channels)).Clear();
        for (var row = 0; row < job->Height; row++)
        {
            var (h0, h1) = (Math.Max(0, (row * s.StrideHeight) - job->Top), Math.Min(s.Height, (row * s.StrideHeight) - job->Top + s.PoolHeight));
            for (var column = 0; column < job->Width; column++)
            {
                var (w0, w1) = (Math.Max(0, (column * s.StrideWidth) - job->Left), Math.Min(s.Width, (column * s.StrideWidth) - job->Left + s.PoolWidth));
                var at = ((((nint)image * job->Height) + row) * job->Width + column) * channels;
                float* y = job->Y + at, dy = job->Dy + at;
                nint c = 0;
                for (; c + TSimd.Count <= channels; c += TSimd.Count)
                {
                    T largest = TSimd.Load(y + c), gradient = TSimd.Load(dy + c), open = TSimd.True;
                    for (var h = h0; h < h1; h++)
                    {
                        for (var w = w0; w < w1; w++)
                        {
                            var offset = ((((nint)h * s.Width) + w) * channels) + c;
                            var here = TSimd.And(TSimd.IsWinner(TSimd.Load(x + offset), largest), open);
                            TSimd.Store(TSimd.Add(TSimd.Load(dx + offset), TSimd.And(gradient, here)), dx + offset);
                            open = TSimd.AndNot(open, here);
                        }
                    }
                }

                for (; c < channels; c++)
                {
                    var found = false;
                    for (var h = h0; h < h1 && !found; h++)
                    {
                        for (var w = w0; w < w1 && !found; w++)
                        {
                            var offset = ((((nint)h * s.Width) + w) * channels) + c;
                            found = x[offset] == y[c] || float.IsNaN(x[offset]);
                            if (found)
                                dx[offset] += dy[c];
                        }
                    }
                }
            }
        }
    }

    private struct PoolJob
    {
        internal PoolShape Shape;
        internal float* X;
        internal float* Y;
        internal float* Dy;
        internal float* Dx;
        internal int Height;
        internal int Width;
        internal int Top;
        internal int Left;
        internal int TaskRows;
    }
}
