using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>The kernel gradient in the transformed space: of each of the 16 points a product over the tiles of a shard, then the tree, then Gᵀ·u·G.</summary>
internal sealed unsafe partial class Engine<TSimd, T>
{
    // Tiles whose points are in L2 together: 16·48·64 floats are 197 KB. Fewer load and store the sums more often.
    private const int GradientTiles = 48;

    private WinogradGradientJob WinogradGradient(in Conv2DShape s, float* x, float* dy, Workspace.Block block, bool whole)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var shards = Divide(s.Batch, IKernels.ShardRows);
        var job = new WinogradGradientJob { Shape = s, X = x, Dy = dy };
        (job.TileRows, job.TileColumns) = (Divide(s.OutputHeight, 2), Divide(s.OutputWidth, 2));
        job.Padded = PaddedShape.Of(s) with { Height = (2 * job.TileRows) + 2, Width = (2 * job.TileColumns) + 2 };
        job.Copies = !job.Padded.IsPlain(s.Height, s.Width);
        job.EvenGradient = s.OutputHeight % 2 == 0 && s.OutputWidth % 2 == 0;
        job.BlockRows = Math.Clamp(GradientTiles / job.TileColumns, 1, job.TileRows);
        job.Stride = RoundUp(s.Channels, TSimd.Count);
        job.GradientStride = RoundUp(s.Filters, columns);
        job.PointLength = job.BlockRows * job.TileColumns;
        job.CopyLength = job.Copies ? (nint)job.Padded.Height * job.Padded.Width * s.Channels : 0;
        var gradientCopy = job.EvenGradient ? 0 : (nint)4 * job.TileRows * job.TileColumns * s.Filters;
        var points = (nint)Winograd.Points * job.PointLength * (job.Stride + job.GradientStride);
        job.ThreadLength = (points + job.CopyLength + gradientCopy + (2 * CpuStorage.Slack) + 15) / 16 * 16;
        job.Scratch = Scratch.Get(block, job.ThreadLength * Team.Threads);

        // Few shards are cut up by points, each with all transforms.
        job.PointTasks = whole || shards >= Team.Threads ? 1 : Math.Min(4, Divide(Team.Threads, shards));
        job.Apart = s.Channels * job.GradientStride;
        job.ShardLength = (Winograd.Points * job.Apart) + job.GradientStride;
        job.Shards = Scratch.Get(Workspace.Block.Shards, (long)shards * job.ShardLength);
        return job;
    }

    private static void Finish(in WinogradGradientJob job, float* dKernel, float* dBias)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var (channels, filters) = (job.Shape.Channels, job.Shape.Filters);
        SumShards(job.Shards, Divide(job.Shape.Batch, IKernels.ShardRows), job.ShardLength);
        for (var c = 0; c < channels; c++)
        {
            for (var f = 0; f < filters; f++)
            {
                var points = job.Shards + ((nint)f / columns * channels * columns) + (c * columns) + (f % columns);
                Winograd.KernelGradient(points, job.Apart, dKernel + (c * filters) + f, (nint)channels * filters);
            }
        }

        if (dBias != null)
            Buffer.MemoryCopy(job.Shards + (Winograd.Points * job.Apart), dBias, filters * sizeof(float), filters * sizeof(float));
    }

    private static void WinogradGradientTask(void* state, int task, int thread)
    {
        var job = (WinogradGradientJob*)state;
        ref var s = ref job->Shape;
        var (shard, part) = (task / job->PointTasks, task % job->PointTasks);
        var first = shard * IKernels.ShardRows;
        var end = Math.Min(s.Batch, first + IKernels.ShardRows);
        for (var image = first; image < end; image++)
        {
            var x = job->X + ((nint)image * s.Height * s.Width * s.Channels);
            var line = (nint)s.OutputWidth * s.Filters;
            var dy = job->Dy + (image * s.OutputHeight * line);
            WinogradGradientImage(job, thread, x, dy, dy + (2 * job->BlockRows * line), image > first, shard, part);
        }
    }

    /// <summary>
    /// Some points over one image, added to the sums of its shard; the first part also sums dy. <paramref name="soon"/>, as large as dy, is fetched meanwhile:
    /// what will be read after the tiles at the same place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WinogradGradientImage(WinogradGradientJob* job, int thread, float* x, float* dy, float* soon, bool goOn, int shard, int part)
    {
        ref var s = ref job->Shape;
        var points = job->Scratch + (job->ThreadLength * thread);
        var gradients = points + ((nint)Winograd.Points * job->PointLength * job->Stride);
        var copy = gradients + ((nint)Winograd.Points * job->PointLength * job->GradientStride);
        var gradientCopy = copy + job->CopyLength + CpuStorage.Slack;
        var sums = job->Shards + ((nint)shard * job->ShardLength);
        var (firstPoint, endPoint) = (part * Winograd.Points / job->PointTasks, (part + 1) * Winograd.Points / job->PointTasks);
        if (part == 0)
            BiasChain(dy, s.OutputHeight * s.OutputWidth, s.Filters, sums + (Winograd.Points * job->Apart), goOn);
        if (job->Copies)
        {
            CopyWithZeros(x, s.Height, s.Width, s.Channels, job->Padded, 0, job->Padded.Height, copy);
            x = copy;
        }

        if (!job->EvenGradient)
        {
            var even = new PaddedShape(2 * job->TileRows, 2 * job->TileColumns, 0, 0, 1, 1);
            CopyWithZeros(dy, s.OutputHeight, s.OutputWidth, s.Filters, even, 0, even.Height, gradientCopy);
            dy = gradientCopy;
        }

        var (line, dyLine) = ((nint)job->Padded.Width * s.Channels, (nint)2 * job->TileColumns * s.Filters);
        for (var row = 0; row < job->TileRows; row += job->BlockRows)
        {
            var rows = Math.Min(job->BlockRows, job->TileRows - row);
            var tiles = rows * job->TileColumns;
            for (nint r = 0; r < rows; r++)
            {
                var at = r * job->TileColumns;
                PatchPoints(x + (2 * (row + r) * line), line, s.Channels, job->TileColumns, points + (at * job->Stride), tiles * job->Stride, job->Stride);
                GradientPoints(
                    dy + (2 * (row + r) * dyLine), dyLine, s.Filters, job->TileColumns, gradients + (at * job->GradientStride), tiles * job->GradientStride,
                    job->GradientStride);
            }

            for (nint p = firstPoint; p < endPoint; p++)
            {
                Ahead(x + (2 * (row + rows) * line) + (2 * line), 2 * rows * line, (int)p);
                Ahead(soon + (2 * row * dyLine), 2 * rows * dyLine, (int)p);
                AddPoint(job, points + (p * tiles * job->Stride), gradients + (p * tiles * job->GradientStride), tiles, sums + (p * job->Apart), goOn || row > 0);
            }
        }
    }

    /// <summary>sums (filter panel, channel, columns) += pointsᵀ·gradients over the tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPoint(WinogradGradientJob* job, float* points, float* gradients, int tiles, float* sums, bool goOn)
    {
        nint columns = Tiles<TSimd, T>.Columns;
        nint channels = job->Shape.Channels;
        TileArguments t;
        t.RowStride = 1;
        t.StepA = job->Stride;
        t.StepB = job->GradientStride;
        t.Inner = t.LastInner = tiles;
        t.Outer = t.Shards = 1;
        t.JumpA = t.JumpB = 0;
        t.RowStrideC = columns;
        t.Continue = goOn;
        t.Bias = null;
        var cut = Tiles<TSimd, T>.Cut((int)channels);
        for (nint f = 0; f < job->GradientStride; f += columns)
        {
            for (var part = 0; part < cut.Tiles; part++)
            {
                var first = cut.First(part);
                t.A = points + first;
                t.B = gradients + f;
                t.C = sums + (f * channels) + (first * columns);
                Tiles<TSimd, T>.Run(cut.Rows(part), &t);
            }
        }
    }

    /// <summary>A·dy·Aᵀ of tiles side by side, all filters: (point, tile, stride).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GradientPoints(float* dy, nint line, nint filters, int count, float* points, nint apart, nint stride)
    {
        for (nint f = 0; f < filters; f += TSimd.Count)
        {
            float* from = dy + f, to = points + f;
            for (var tile = count; tile > 0; tile--, to += stride, from += 2 * filters)
            {
                T a = TSimd.Load(from), b = TSimd.Load(from + filters), c = TSimd.Load(from + line), d = TSimd.Load(from + line + filters);
                T p = TSimd.Add(a, c), q = TSimd.Add(b, d), r = TSimd.Subtract(a, c), s = TSimd.Subtract(b, d);
                var v = to;
                TSimd.Store(a, v);
                TSimd.Store(TSimd.Add(a, b), v += apart);
                TSimd.Store(TSimd.Subtract(a, b), v += apart);
                TSimd.Store(TSimd.Subtract(TSimd.Zero, b), v += apart);
                TSimd.Store(p, v += apart);
                TSimd.Store(TSimd.Add(p, q), v += apart);
                TSimd.Store(TSimd.Subtract(p, q), v += apart);
                TSimd.Store(TSimd.Subtract(TSimd.Zero, q), v += apart);
                TSimd.Store(r, v += apart);
                TSimd.Store(TSimd.Add(r, s), v += apart);
                TSimd.Store(TSimd.Subtract(r, s), v += apart);
                TSimd.Store(TSimd.Subtract(TSimd.Zero, s), v += apart);
                (c, d) = (TSimd.Subtract(TSimd.Zero, c), TSimd.Subtract(TSimd.Zero, d));
                TSimd.Store(c, v += apart);
                TSimd.Store(TSimd.Add(c, d), v += apart);
                TSimd.Store(TSimd.Subtract(c, d), v += apart);
                TSimd.Store(TSimd.Subtract(TSimd.Zero, d), v + apart);
            }
        }
    }

    /// <summary>A shard's chain of bias gradients over the positions of one image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BiasChain(float* dy, nint positions, nint filters, float* sums, bool goOn)
    {
        for (nint f = 0; f < filters; f += TSimd.Count)
        {
            var sum = goOn ? TSimd.Load(sums + f) : TSimd.Zero;
            var from = dy + f;
            for (var position = positions; position > 0; position--, from += filters)
                sum = TSimd.Add(sum, TSimd.Load(from));
            TSimd.Store(sum, sums + f);
        }
    }

    private struct WinogradGradientJob
    {
        internal Conv2DShape Shape;
        internal float* X;
        internal float* Dy;
        internal PaddedShape Padded;
        internal bool Copies;
        internal bool EvenGradient;
        internal int TileRows;
        internal int TileColumns;
        internal int BlockRows;
        internal nint Stride;
        internal int GradientStride;
        internal int PointLength;
        internal nint CopyLength;
        internal float* Scratch;
        internal nint ThreadLength;
        internal int PointTasks;
        internal int Apart;
        internal int ShardLength;
        internal float* Shards;
    }
}
