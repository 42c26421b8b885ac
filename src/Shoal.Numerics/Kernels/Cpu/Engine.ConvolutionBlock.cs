using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void ConvolutionBlockForward(
        in ConvolutionBlockShape s, float* x, CpuStorage kernel, in EpilogueValues bias, in NormValues norm, float* convolved, float* y);

    internal abstract void ConvolutionBlockGradient(
        in ConvolutionBlockShape s, float* x, CpuStorage kernel, in EpilogueValues bias, in NormValues norm, float* convolved, float* y, float* dy,
        in BlockGradients gradients);

    /// <summary>A batch normalisation's parameters and statistics.</summary>
    internal struct NormValues
    {
        internal float* Gamma;
        internal float* Beta;
        internal float* Mean;
        internal float* Variance;
        internal float Epsilon;
    }

    /// <summary>Where a block's gradients go; bias and input may be null.</summary>
    internal struct BlockGradients
    {
        internal float* Kernel;
        internal float* Bias;
        internal float* Gamma;
        internal float* Beta;
        internal float* Input;
    }
}

/// <summary>
/// The kernels of the single layers, image by image: what one leaves for the next stays in L2, and only x, the convolved image if it is kept, y and the
/// input gradient go through memory. A shard's sums are chains over its images, so a task is a part of a shard and begins when the part before has ended.
/// </summary>
internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void ConvolutionBlockForward(
        in ConvolutionBlockShape s, float* x, CpuStorage kernel, in EpilogueValues bias, in NormValues norm, float* convolved, float* y)
    {
        var (channels, shards) = (s.Channels, Divide(s.Convolution.Batch, IKernels.ShardRows));
        // Without memory of its own the convolved image lies in y until it is normalised.
        var z = convolved == null ? y : convolved;
        var job = Block(s, z, y);
        var convolution = ForwardJob(s.Convolution, x, kernel, bias, z);
        Prepare(ref convolution, channels.Batch, whole: true);
        job.Convolution = &convolution;
        var sums = SumsOf(channels, null, null, null);
        job.Sums = &sums;
        RunParts(&job, PartsOfShard, &ForwardImages);
        AddShards(sums, shards);
        for (var c = 0; c < channels.Channels; c++)
            (norm.Mean[c], norm.Variance[c]) = ScalarMeaning.Moments(sums.Sums[c], sums.Sums[sums.Width + c], (double)channels.Batch * channels.Positions);
        var forward = NormalizeJobOf(channels, norm.Mean, norm.Variance, norm.Gamma, norm.Beta, norm.Epsilon, Scratch.Get(Workspace.Block.Epilogue, 3L * sums.Width));
        job.Forward = &forward;
        Team.Run(channels.Batch, &BlockOutputTask, &job);
    }

    internal override void ConvolutionBlockGradient(
        in ConvolutionBlockShape s, float* x, CpuStorage kernel, in EpilogueValues bias, in NormValues norm, float* convolved, float* y, float* dy,
        in BlockGradients gradients)
    {
        var (channels, shards) = (s.Channels, Divide(s.Convolution.Batch, IKernels.ShardRows));
        var job = Block(s, convolved, y);
        job.X = x;
        job.Dy = dy;
        var sums = SumsOf(channels, null, dy, norm.Mean);
        job.Sums = &sums;
        var epilogue = 3L * RoundUp(s.Convolution.Filters, Tiles<TSimd, T>.Columns);
        var factors = Scratch.Get(Workspace.Block.Epilogue, epilogue + (7L * sums.Width)) + epilogue;
        var forward = NormalizeJobOf(channels, norm.Mean, norm.Variance, norm.Gamma, norm.Beta, norm.Epsilon, factors);
        job.Forward = &forward;
        ConvolutionJob again = default;
        if (convolved == null)
        {
            again = ForwardJob(s.Convolution, x, kernel, bias, null);
            Prepare(ref again, channels.Batch, whole: true, Workspace.Block.Again);
            job.Again = &again;
        }

        RunParts(&job, PartsOfShard, &SumImages);
        AddShards(sums, shards);
        var backward = forward with { Factors = factors + (3 * sums.Width), Relu = false };
        GradientFactors(channels, sums.Sums, sums.Width, norm.Mean, norm.Variance, norm.Gamma, norm.Epsilon, gradients.Gamma, gradients.Beta, backward.Factors);
        job.Backward = &backward;

        ConvolutionJob convolution = default;
        if (gradients.Input != null)
        {
            convolution = InputGradientJobOf(s.Convolution, null, kernel.Pointer, gradients.Input);
            Prepare(ref convolution, channels.Batch, whole: true);
            job.Convolution = &convolution;
        }

        if (Winograd.Serves(s.Convolution))
        {
            var points = WinogradGradient(s.Convolution, x, null, Workspace.Block.Gradient, whole: true);
            job.Points = &points;
            RunParts(&job, PartsOfShard, &GradientImages);
            Finish(points, gradients.Kernel, gradients.Bias);
            return;
        }

        var taps = KernelGradient(s.Convolution, x, null, Workspace.Block.Gradient, whole: true);
        job.Taps = &taps;

        // Its sums stay with the thread until the end of a shard.
        RunParts(&job, 1, &GradientImages);
        Finish(taps, gradients.Kernel, gradients.Bias);
    }

    private const int PageFloats = 1024;

    // Four images of a shard: with whole shards two threads waited 3.6 % of the time for the one that ended last.
    private const int PartsOfShard = 4;

    private void RunParts(BlockJob* job, int parts, delegate*<BlockJob*, in ShardParts.Part, int, void> images)
    {
        var count = ShardParts.ShardsOf(job->Shape.Batch);
        job->Parts = new(job->Shape.Batch, Team.Threads == 1 ? 1 : parts, (int*)Scratch.Get(Workspace.Block.Parts, count));
        job->Images = images;
        Team.Run(count * job->Parts.Count, &PartTask, job);
    }

    private BlockJob Block(in ConvolutionBlockShape s, float* convolved, float* y)
    {
        var job = new BlockJob { Shape = s.Convolution, Convolved = convolved, Y = y, Pools = s.Pool is not null, Length = s.Channels.Length / s.Channels.Batch };
        job.OutputLength = job.Length;
        if (s.Pool is { } pool)
        {
            var one = pool with { Batch = 1 };
            job.Pool = new PoolJob { Shape = one, Height = one.OutputHeight, Width = one.OutputWidth, Top = one.PadTop, Left = one.PadLeft, TaskRows = one.OutputHeight };
            job.OneSweep = OneSweep(one);
            job.OutputLength = one.OutputHeight * one.OutputWidth * one.Channels;
        }

        job.ScratchLength = RoundUp(job.Length + CpuStorage.Slack + PageFloats, 16);
        job.Scratch = Scratch.Get(Workspace.Block.Image, 2L * job.ScratchLength * Team.Threads);
        return job;
    }

    private static void PartTask(void* state, int task, int thread)
    {
        var job = (BlockJob*)state;
        var part = job->Parts.Begin(task);
        try
        {
            job->Images(job, part, thread);
        }
        finally
        {
            job->Parts.End(part);
        }
    }

    private static void ForwardImages(BlockJob* job, in ShardParts.Part part, int thread)
    {
        for (var image = part.First; image < part.End; image++)
        {
            ImageTask(job->Convolution, image, thread);
            ShardSums(job->Sums, job->Convolved + ((nint)image * job->Length), null, part.Shard, image > part.ShardFirst);
        }
    }

    private static void BlockOutputTask(void* state, int image, int thread)
    {
        var job = (BlockJob*)state;
        var y = job->Y + ((nint)image * job->OutputLength);
        if (!job->Pools)
        {
            Normal(job, image, y);
            return;
        }

        if (job->OneSweep)
        {
            NormalPool(job, job->Convolved + ((nint)image * job->Length), y);
            return;
        }

        var scratch = InStep(job->Scratch + ((nint)2 * job->ScratchLength * thread), job->Convolved + ((nint)image * job->Length));
        Normal(job, image, scratch);
        var pool = job->Pool;
        pool.X = scratch;
        pool.Y = y;
        MaxPoolForwardTask(&pool, 0, thread);
    }

    private static void SumImages(BlockJob* job, in ShardParts.Part part, int thread)
    {
        for (var image = part.First; image < part.End; image++)
        {
            var z = Convolved(job, image, thread);
            ShardSums(job->Sums, z, BehindNormal(job, image, z, thread, through: false), part.Shard, image > part.ShardFirst);
        }
    }

    private static void GradientImages(BlockJob* job, in ShardParts.Part part, int thread)
    {
        var input = (nint)job->Shape.Height * job->Shape.Width * job->Shape.Channels;
        for (var image = part.First; image < part.End; image++)
        {
            // Once more instead of kept: computing it in L2 costs less than writing it to memory and reading it.
            var z = Convolved(job, image, thread);
            var gradient = BehindNormal(job, image, z, thread, through: !job->Pools);
            if (job->Pools)
            {
                var backward = *job->Backward;
                backward.X = z;
                backward.Dy = backward.Y = gradient;
                NormalizeTask(&backward, 0, thread);
            }

            var x = job->X + (image * input);
            if (job->Points != null)
                WinogradGradientImage(job->Points, thread, x, gradient, job->Again == null ? z + job->Length : z, image > part.ShardFirst, part.Shard, 0);
            else
                KernelGradientImage(job->Taps, thread, x, gradient, image > part.ShardFirst, 0);
            if (job->Convolution == null)
                continue;
            var convolution = *job->Convolution;
            convolution.X = gradient;
            convolution.Y += image * input;
            ImageTask(&convolution, 0, thread);
        }

        if (job->Taps != null)
            StoreKernelGradient(job->Taps, thread, part.Shard, 0);
    }

    private static void ImageTask(ConvolutionJob* job, int image, int thread)
    {
        if (job->Winograd)
            WinogradTask(job, image, thread);
        else
            ConvolutionTask(job, image, thread);
    }

    private struct BlockJob
    {
        internal Conv2DShape Shape;
        internal bool Pools;
        internal bool OneSweep;
        internal PoolJob Pool;
        internal float* X;
        internal float* Convolved;
        internal float* Y;
        internal float* Dy;
        internal ConvolutionJob* Convolution;
        internal ConvolutionJob* Again;
        internal SumsJob* Sums;
        internal NormalizeJob* Forward;
        internal NormalizeJob* Backward;
        internal WinogradGradientJob* Points;
        internal KernelGradientJob* Taps;
        internal int Length;
        internal int OutputLength;
        internal int ScratchLength;
        internal float* Scratch;

        internal ShardParts Parts;
        internal delegate*<BlockJob*, in ShardParts.Part, int, void> Images;
    }
}
