using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Rows of x and dy that are met by all tiles before the next ones: at 26x26x32 four of each are 25 KB, within L1.
    // bench/Kernels, "shapes: dW of 24" on a Zen 3: 81 % of the peak with 3300 floats, 90 % with 6400, 87 % with 13000.
    private const int BlockFloats = 6400;

    /// <summary>
    /// For one kernel row the taps are a product: (kernel column, channel) are the rows of the tiles, which lie without gaps in x; the pixels of dy are the steps.
    /// </summary>
    internal override void Conv2DWeightGradient(in Conv2DShape s, float* x, float* dy, float* dKernel, float* dBias)
    {
        if (Winograd.Serves(s))
        {
            var points = WinogradGradient(s, x, dy, Workspace.Block.PerThread, whole: false);
            Team.Run(Divide(s.Batch, IKernels.ShardRows) * points.PointTasks, &WinogradGradientTask, &points);
            Finish(points, dKernel, dBias);
            return;
        }

        var job = KernelGradient(s, x, dy, Workspace.Block.PerThread, whole: false);
        Team.Run(Divide(s.Batch, IKernels.ShardRows) * job.RowTasks, &KernelGradientTask, &job);
        Finish(job, dKernel, dBias);
    }

    private KernelGradientJob KernelGradient(in Conv2DShape s, float* x, float* dy, Workspace.Block block, bool whole)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var shards = Divide(s.Batch, IKernels.ShardRows);
        var run = s.KernelWidth * s.Channels;
        var job = new KernelGradientJob { Shape = s, X = x, Dy = dy, Padded = PaddedShape.Of(s) };
        job.Copies = !job.Padded.IsPlain(s.Height, s.Width);
        job.RunTiles = Tiles<TSimd, T>.Cut(run).Tiles;
        job.FilterTiles = Divide(s.Filters, columns);
        job.TileLength = Tiles<TSimd, T>.MaxRows * columns;
        job.CopyLength = job.Copies ? (long)job.Padded.Height * job.Padded.Width * s.Channels : 0;

        // All kernel rows of an image while it is in L2; few shards are cut up by kernel rows.
        job.TaskRows = whole || shards >= Team.Threads ? s.KernelHeight : 1;
        job.RowTasks = Divide(s.KernelHeight, job.TaskRows);
        job.RowLength = (job.RunTiles + 1) * job.FilterTiles * job.TileLength;
        job.ThreadLength = (((long)job.TaskRows * job.RowLength) + job.CopyLength + CpuStorage.Slack + 16 + 15) / 16 * 16;
        job.Scratch = Scratch.Get(block, job.ThreadLength * Team.Threads);
        job.KernelLength = s.KernelHeight * run * s.Filters;
        job.ShardLength = RoundUp(job.KernelLength, TSimd.Count) + RoundUp(s.Filters, TSimd.Count);
        job.Shards = Scratch.Get(Workspace.Block.Shards, (long)shards * job.ShardLength);
        return job;
    }

    private static void Finish(in KernelGradientJob job, float* dKernel, float* dBias)
    {
        SumShards(job.Shards, Divide(job.Shape.Batch, IKernels.ShardRows), job.ShardLength);
        Buffer.MemoryCopy(job.Shards, dKernel, (long)job.KernelLength * sizeof(float), (long)job.KernelLength * sizeof(float));
        var bytes = job.Shape.Filters * sizeof(float);
        if (dBias != null)
            Buffer.MemoryCopy(job.Shards + RoundUp(job.KernelLength, TSimd.Count), dBias, bytes, bytes);
    }

    /// <summary>Some kernel rows over the images of one shard.</summary>
    private static void KernelGradientTask(void* state, int task, int thread)
    {
        var job = (KernelGradientJob*)state;
        ref var s = ref job->Shape;
        var (shard, firstKernelRow) = (task / job->RowTasks, task % job->RowTasks * job->TaskRows);
        var first = shard * IKernels.ShardRows;
        var end = Math.Min(s.Batch, first + IKernels.ShardRows);
        for (var image = first; image < end; image++)
        {
            var x = job->X + ((nint)image * s.Height * s.Width * s.Channels);
            KernelGradientImage(job, thread, x, job->Dy + ((nint)image * s.OutputHeight * s.OutputWidth * s.Filters), image > first, firstKernelRow);
        }

        StoreKernelGradient(job, thread, shard, firstKernelRow);
    }

    /// <summary>Some kernel rows over one image; the first kernel row also sums dy, as a tap whose x is always 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void KernelGradientImage(KernelGradientJob* job, int thread, float* x, float* dy, bool goOn, int firstKernelRow)
    {
        ref var s = ref job->Shape;
        var columns = Tiles<TSimd, T>.Columns;
        var one = job->Scratch + (job->ThreadLength * thread);
        *one = 1f;
        var sums = one + 16;
        var copy = sums + (job->TaskRows * job->RowLength);
        var (outputHeight, outputWidth) = (s.OutputHeight, s.OutputWidth);
        var run = s.KernelWidth * s.Channels;
        var width = job->Padded.Width;
        var blockRows = Math.Max(1, BlockFloats / ((width * s.Channels) + (outputWidth * s.Filters)));
        var cut = Tiles<TSimd, T>.Cut(run);
        TileArguments t;
        t.StepB = s.Filters;
        t.JumpB = 0;
        t.Inner = t.LastInner = outputWidth;
        t.RowStrideC = columns;
        t.Shards = 1;
        t.Bias = null;
        if (job->Copies)
        {
            CopyWithZeros(x, s.Height, s.Width, s.Channels, job->Padded, 0, job->Padded.Height, copy);
            x = copy;
        }

        for (var kernelRow = firstKernelRow; kernelRow < firstKernelRow + job->TaskRows; kernelRow++)
        {
            for (var row = 0; row < outputHeight; row += blockRows)
            {
                t.Continue = goOn || row > 0;
                t.Outer = Math.Min(blockRows, outputHeight - row);
                var line = x + ((((nint)row * s.StrideHeight) + kernelRow) * width * s.Channels);
                var dyLine = dy + ((nint)row * outputWidth * s.Filters);
                for (var filterTile = 0; filterTile < job->FilterTiles; filterTile++)
                {
                    t.RowStride = 1;
                    t.StepA = s.StrideWidth * s.Channels;
                    t.JumpA = ((nint)s.StrideHeight * width * s.Channels) - (outputWidth * t.StepA);
                    t.B = dyLine + (filterTile * columns);
                    t.C = sums + ((kernelRow - firstKernelRow) * job->RowLength) + (filterTile * (job->RunTiles + 1) * job->TileLength);
                    for (var tile = 0; tile < cut.Tiles; tile++)
                    {
                        var first = cut.First(tile);
                        t.A = line + first;
                        Tiles<TSimd, T>.Run(cut.Rows(tile), &t);
                        t.C += job->TileLength;
                    }

                    if (kernelRow > 0)
                        continue;
                    t.A = one;
                    t.RowStride = t.StepA = t.JumpA = 0;
                    Tiles<TSimd, T>.Run(1, &t);
                }
            }
        }
    }

    private static void StoreKernelGradient(KernelGradientJob* job, int thread, int shard, int firstKernelRow)
    {
        ref var s = ref job->Shape;
        var columns = Tiles<TSimd, T>.Columns;
        var sums = job->Scratch + (job->ThreadLength * thread) + 16;
        var run = s.KernelWidth * s.Channels;
        var cut = Tiles<TSimd, T>.Cut(run);
        var target = job->Shards + ((nint)shard * job->ShardLength);
        for (var kernelRow = firstKernelRow; kernelRow < firstKernelRow + job->TaskRows; kernelRow++)
        {
            for (var filterTile = 0; filterTile < job->FilterTiles; filterTile++)
            {
                var real = Math.Min(columns, s.Filters - (filterTile * columns));
                var from = sums + ((kernelRow - firstKernelRow) * job->RowLength) + (filterTile * (job->RunTiles + 1) * job->TileLength);
                for (var tile = 0; tile < cut.Tiles; tile++, from += job->TileLength)
                {
                    var first = cut.First(tile);
                    var rows = cut.Rows(tile);
                    for (var r = 0; r < rows; r++)
                    {
                        var to = target + ((((nint)kernelRow * run) + first + r) * s.Filters) + (filterTile * columns);
                        Buffer.MemoryCopy(from + (r * columns), to, real * sizeof(float), real * sizeof(float));
                    }
                }

                if (kernelRow == 0)
                    Buffer.MemoryCopy(from, target + RoundUp(job->KernelLength, TSimd.Count) + (filterTile * columns), real * sizeof(float), real * sizeof(float));
            }
        }
    }

    /// <summary>The tree over shards of equal length, left in the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumShards(float* shards, int count, int length)
    {
        for (var apart = 1; apart < count; apart *= 2)
        {
            for (var left = 0; left + apart < count; left += 2 * apart)
            {
                var to = shards + ((nint)left * length);
                var from = to + ((nint)apart * length);
                for (nint i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(TSimd.Add(TSimd.Load(to + i), TSimd.Load(from + i)), to + i);
            }
        }
    }

    private struct KernelGradientJob
    {
        internal Conv2DShape Shape;
        internal float* X;
        internal float* Dy;
        internal PaddedShape Padded;
        internal bool Copies;
        internal int TaskRows;
        internal int RowTasks;
        internal int RowLength;
        internal int RunTiles;
        internal int FilterTiles;
        internal int TileLength;
        internal long CopyLength;
        internal float* Scratch;
        internal long ThreadLength;
        internal int KernelLength;
        internal int ShardLength;
        internal float* Shards;
    }
}
