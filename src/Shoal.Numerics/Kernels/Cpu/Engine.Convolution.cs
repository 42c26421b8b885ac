using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void Conv2DForward(in Conv2DShape s, float* x, CpuStorage kernel, in EpilogueValues epilogue, float* y)
    {
        var job = ForwardJob(s, x, kernel, epilogue, y);
        Prepare(ref job, s.Batch, whole: false);
        Team.Run(s.Batch * job.Bands, job.Winograd ? &WinogradTask : &ConvolutionTask, &job);
    }

    /// <summary>
    /// A convolution of dy, its rows and columns moved apart by the strides and padded, with the kernel turned round and its channels and filters exchanged.
    /// </summary>
    internal override void Conv2DInputGradient(in Conv2DShape s, float* dy, float* kernel, float* dx)
    {
        var job = InputGradientJobOf(s, dy, kernel, dx);
        Prepare(ref job, s.Batch, whole: false);
        Team.Run(s.Batch * job.Bands, job.Winograd ? &WinogradTask : &ConvolutionTask, &job);
    }

    private ConvolutionJob ForwardJob(in Conv2DShape s, float* x, CpuStorage kernel, in EpilogueValues epilogue, float* y)
    {
        var stride = FillEpilogue(epilogue, s.Filters, out var values);
        return new ConvolutionJob
        {
            Winograd = Winograd.Serves(s),
            Packed = PackForward(s, kernel),
            X = x,
            Height = s.Height,
            Width = s.Width,
            Channels = s.Channels,
            Padded = PaddedShape.Of(s),
            KernelHeight = s.KernelHeight,
            KernelWidth = s.KernelWidth,
            StrideHeight = s.StrideHeight,
            StrideWidth = s.StrideWidth,
            Y = y,
            OutputHeight = s.OutputHeight,
            OutputWidth = s.OutputWidth,
            Filters = s.Filters,
            Bias = values,
            EpilogueStride = stride,
            Relu = epilogue.Relu,
        };
    }

    private ConvolutionJob InputGradientJobOf(in Conv2DShape s, float* dy, float* kernel, float* dx)
    {
        var winograd = Winograd.Serves(s);
        return new ConvolutionJob
        {
            Winograd = winograd,
            Packed = winograd ? PackWinogradTurned(s, kernel) : PackTurned(s, kernel),
            X = dy,
            Height = s.OutputHeight,
            Width = s.OutputWidth,
            Channels = s.Filters,
            Padded = new PaddedShape(
                s.Height + s.KernelHeight - 1, s.Width + s.KernelWidth - 1, s.KernelHeight - 1 - s.PadTop, s.KernelWidth - 1 - s.PadLeft, s.StrideHeight,
                s.StrideWidth),
            KernelHeight = s.KernelHeight,
            KernelWidth = s.KernelWidth,
            StrideHeight = 1,
            StrideWidth = 1,
            Y = dx,
            OutputHeight = s.Height,
            OutputWidth = s.Width,
            Filters = s.Channels,
        };
    }

    /// <summary>Cuts the work into tasks and finds scratch memory. One image a task; few images are cut into bands of rows, unless they must stay whole.</summary>
    private void Prepare(ref ConvolutionJob job, int batch, bool whole, Workspace.Block block = Workspace.Block.PerThread)
    {
        var rows = job.OutputHeight;
        long points = 0;
        if (job.Winograd)
        {
            rows = Divide(job.OutputHeight, 2);
            job.Padded = job.Padded with { Height = (2 * rows) + 2, Width = (2 * Divide(job.OutputWidth, 2)) + 2 };
            points = Winograd.Points * TileGroup * ((long)RoundUp(job.Channels, TSimd.Count) + Tiles<TSimd, T>.Columns);
        }

        var bands = whole || batch >= 2 * Team.Threads || Team.Threads == 1 ? 1 : Math.Min(Divide(2 * Team.Threads, batch), rows);
        job.Copies = !job.Padded.IsPlain(job.Height, job.Width);
        job.BandRows = Divide(rows, bands);
        job.Bands = Divide(rows, job.BandRows);
        var inputRows = job.Winograd ? (2L * job.BandRows) + 2 : ((long)(job.BandRows - 1) * job.StrideHeight) + job.KernelHeight;
        var copyLength = job.Copies ? inputRows * job.Padded.Width * job.Channels : 0;
        job.ThreadLength = (copyLength + points + CpuStorage.Slack + (Tiles<TSimd, T>.MaxRows * Tiles<TSimd, T>.Columns) + 31) / 16 * 16;
        job.Scratch = Scratch.Get(block, job.ThreadLength * Team.Threads);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ConvolutionTask(void* state, int task, int thread)
    {
        var job = (ConvolutionJob*)state;
        var columns = Tiles<TSimd, T>.Columns;
        var edge = job->Scratch + (job->ThreadLength * thread);
        var copy = edge + (Tiles<TSimd, T>.MaxRows * columns);
        var image = task / job->Bands;
        var firstRow = task % job->Bands * job->BandRows;
        var rows = Math.Min(job->BandRows, job->OutputHeight - firstRow);
        var x = job->X + ((nint)image * job->Height * job->Width * job->Channels);
        var width = job->Padded.Width;
        if (job->Copies)
        {
            var height = ((rows - 1) * job->StrideHeight) + job->KernelHeight;
            CopyPadded(x, job->Height, job->Width, job->Channels, job->Padded, firstRow * job->StrideHeight, height, copy);
            x = copy;
        }
        else
        {
            x += (nint)firstRow * job->StrideHeight * width * job->Channels;
        }

        var y = job->Y + (((nint)image * job->OutputHeight) + firstRow) * job->OutputWidth * job->Filters;
        var run = job->KernelWidth * job->Channels;
        var depth = job->KernelHeight * run;
        TileArguments t;
        t.RowStride = job->StrideWidth * job->Channels;
        t.StepA = 1;
        t.StepB = columns;
        t.Inner = t.LastInner = run;
        var apart = job->Padded.StrideHeight;
        t.JumpA = ((nint)apart * width * job->Channels) - run;
        t.JumpB = (nint)(apart - 1) * run * columns;
        t.RowStrideC = job->Filters;
        t.Continue = false;
        t.Shards = 1;
        t.Relu = job->Relu;
        var cut = Tiles<TSimd, T>.Cut(job->OutputWidth);
        for (var f = 0; f < job->Filters; f += columns)
        {
            // The panel of weights (18 KB for 3x3x32 at 256 bits) stays in L1 while the image goes by.
            var panel = job->Packed + ((nint)f * depth);
            t.Bias = job->Bias == null ? null : job->Bias + f;
            t.Scale = t.Bias + job->EpilogueStride;
            t.Shift = t.Scale + job->EpilogueStride;
            var real = Math.Min(columns, job->Filters - f);
            for (var row = 0; row < rows; row++)
            {
                // Only the kernel rows that meet a row of the image: firstTap, firstTap + apart, …
                var top = ((firstRow + row) * job->StrideHeight) - job->Padded.Top;
                var firstTap = top <= 0 ? -top : (apart - (top % apart)) % apart;
                var endTap = Math.Min(job->KernelHeight, ((job->Height - 1) * apart) + 1 - top);
                t.Outer = Math.Max(0, Divide(endTap - firstTap, apart));
                var line = x + ((((nint)row * job->StrideHeight) + firstTap) * width * job->Channels);
                var weights = panel + ((nint)firstTap * run * columns);
                for (var tile = 0; tile < cut.Tiles; tile++)
                {
                    var first = cut.First(tile);
                    t.A = line + (first * t.RowStride);
                    t.B = weights;
                    t.C = y + ((((nint)row * job->OutputWidth) + first) * job->Filters) + f;
                    RunTile(cut.Rows(tile), real, &t, edge);
                }
            }
        }
    }

    /// <summary>Rows of an image of zeros in which x lies at an offset, its rows and columns apart by strides; rows without any of x stay as they are.</summary>
    private static void CopyPadded(float* x, int height, int width, int channels, in PaddedShape p, int firstRow, int rows, float* copy)
    {
        if (p.StrideWidth > 1)
            new Span<float>(copy, rows * p.Width * channels).Clear();
        for (var h = 0; h < height; h++)
        {
            var row = p.Top + (h * p.StrideHeight) - firstRow;
            if (row < 0 || row >= rows)
                continue;
            var from = x + ((nint)h * width * channels);
            var to = copy + ((((nint)row * p.Width) + p.Left) * channels);
            if (p.StrideWidth == 1)
            {
                // A convolution that never meets the last columns leaves them out.
                var real = Math.Min(width, p.Width - p.Left) * channels;
                new Span<float>(to - (p.Left * channels), p.Left * channels).Clear();
                new Span<float>(to + real, ((p.Width - p.Left) * channels) - real).Clear();
                Buffer.MemoryCopy(from, to, real * sizeof(float), real * sizeof(float));
                continue;
            }

            for (var w = 0; w < width; w++)
                Buffer.MemoryCopy(from + ((nint)w * channels), to + ((nint)w * p.StrideWidth * channels), channels * sizeof(float), channels * sizeof(float));
        }
    }

    /// <summary>The kernel's panels, kept with it until it changes: prediction packs once.</summary>
    private static float* PackForward(in Conv2DShape s, CpuStorage kernel)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var winograd = Winograd.Serves(s);
        var depth = winograd ? Winograd.Points * s.Channels : s.KernelHeight * s.KernelWidth * s.Channels;
        var packed = kernel.Packed.Get((long)RoundUp(s.Filters, columns) * depth, (winograd ? -depth : depth, s.Filters, columns), kernel.Version, out var filled);
        if (filled)
            return packed;
        if (winograd)
            PackWinograd(kernel.Pointer, s.Channels, s.Filters, turned: false, packed);
        else
            PackColumns(kernel.Pointer, s.Filters, 1, depth, s.Filters, packed);
        return packed;
    }

    private float* PackTurned(in Conv2DShape s, float* kernel)
    {
        var taps = s.KernelHeight * s.KernelWidth;
        var columns = Tiles<TSimd, T>.Columns;
        var all = Scratch.Get(Workspace.Block.Packed, (long)RoundUp(s.Channels, columns) * taps * s.Filters);
        var packed = all;
        for (var first = 0; first < s.Channels; first += columns)
        {
            var real = Math.Min(columns, s.Channels - first);
            for (var tap = taps - 1; tap >= 0; tap--)
            {
                PackColumns(kernel + ((((nint)tap * s.Channels) + first) * s.Filters), 1, s.Filters, s.Filters, real, packed);
                packed += s.Filters * columns;
            }
        }

        return all;
    }

    /// <summary>Where an image lies in its padded copy.</summary>
    private readonly record struct PaddedShape(int Height, int Width, int Top, int Left, int StrideHeight, int StrideWidth)
    {
        internal static PaddedShape Of(in Conv2DShape s) => s.Same
            ? new(
                Math.Max(((s.OutputHeight - 1) * s.StrideHeight) + s.KernelHeight, s.PadTop + s.Height),
                Math.Max(((s.OutputWidth - 1) * s.StrideWidth) + s.KernelWidth, s.PadLeft + s.Width), s.PadTop, s.PadLeft, 1, 1)
            : new(s.Height, s.Width, 0, 0, 1, 1);

        internal bool IsPlain(int height, int width) => Height == height && Width == width && StrideHeight == 1 && StrideWidth == 1;
    }

    private struct ConvolutionJob
    {
        internal bool Winograd;
        internal float* X;
        internal int Height;
        internal int Width;
        internal int Channels;
        internal PaddedShape Padded;
        internal int KernelHeight;
        internal int KernelWidth;
        internal int StrideHeight;
        internal int StrideWidth;
        internal float* Packed;
        internal float* Y;
        internal int OutputHeight;
        internal int OutputWidth;
        internal int Filters;
        internal float* Bias;
        internal int EpilogueStride;
        internal bool Relu;
        internal bool Copies;
        internal int Bands;
        internal int BandRows;
        internal float* Scratch;
        internal long ThreadLength;
    }
}
