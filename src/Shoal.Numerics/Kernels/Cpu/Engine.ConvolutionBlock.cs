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
/// input gradient go through memory. A shard is one task, because its sums are chains over its images.
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
        Team.Run(shards, &BlockForwardTask, &job);
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

        Team.Run(shards, &BlockSumsTask, &job);
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
            Team.Run(shards, &BlockGradientTask, &job);
            Finish(points, gradients.Kernel, gradients.Bias);
            return;
        }

        var taps = KernelGradient(s.Convolution, x, null, Workspace.Block.Gradient, whole: true);
        job.Taps = &taps;
        Team.Run(shards, &BlockGradientTask, &job);
        Finish(taps, gradients.Kernel, gradients.Bias);
    }

    private const int PageFloats = 1024;

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

    private static void BlockForwardTask(void* state, int shard, int thread)
    {
        var job = (BlockJob*)state;
        var (first, end) = job->Images(shard);
        for (var image = first; image < end; image++)
        {
            ImageTask(job->Convolution, image, thread);
            ShardSums(job->Sums, job->Convolved + ((nint)image * job->Length), null, shard, image > first);
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

    private static void BlockSumsTask(void* state, int shard, int thread)
    {
        var job = (BlockJob*)state;
        var (first, end) = job->Images(shard);
        for (var image = first; image < end; image++)
        {
            var z = Convolved(job, image, thread);
            ShardSums(job->Sums, z, BehindNormal(job, image, z, thread, through: false), shard, image > first);
        }
    }

    private static void BlockGradientTask(void* state, int shard, int thread)
    {
        var job = (BlockJob*)state;
        var (first, end) = job->Images(shard);
        var input = (nint)job->Shape.Height * job->Shape.Width * job->Shape.Channels;
        for (var image = first; image < end; image++)
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
                WinogradGradientImage(job->Points, thread, x, gradient, job->Again == null ? z + job->Length : z, image > first, shard, 0);
            else
                KernelGradientImage(job->Taps, thread, x, gradient, image > first, 0);
            if (job->Convolution == null)
                continue;
            var convolution = *job->Convolution;
            convolution.X = gradient;
            convolution.Y += image * input;
            ImageTask(&convolution, 0, thread);
        }

        if (job->Taps != null)
            StoreKernelGradient(job->Taps, thread, shard, 0);
    }

    /// <summary>
    /// The first place from <paramref name="scratch"/> on that lies in its page as z lies in its own: a store a little ahead of a load, by the low twelve bits
    /// of their addresses, holds the load up.
    /// </summary>
    private static float* InStep(float* scratch, float* z) => scratch + (((nint)z - (nint)scratch) / sizeof(float) & (PageFloats - 1));

    private static void ImageTask(ConvolutionJob* job, int image, int thread)
    {
        if (job->Winograd)
            WinogradTask(job, image, thread);
        else
            ConvolutionTask(job, image, thread);
    }

    /// <summary>An image before normalisation: kept, or computed again into the first image of the thread's scratch memory.</summary>
    private static float* Convolved(BlockJob* job, int image, int thread)
    {
        if (job->Again == null)
            return job->Convolved + ((nint)image * job->Length);
        var z = job->Scratch + ((nint)2 * job->ScratchLength * thread);
        var again = *job->Again;
        again.X += (nint)image * again.Height * again.Width * again.Channels;
        again.Y = z;
        ImageTask(&again, 0, thread);
        return z;
    }

    /// <summary>An image after normalisation and ReLU.</summary>
    private static void Normal(BlockJob* job, int image, float* y)
    {
        var forward = *job->Forward;
        forward.X = job->Convolved + ((nint)image * job->Length);
        forward.Y = y;
        forward.Relu = true;
        NormalizeTask(&forward, 0, 0);
    }

    /// <summary>The gradient by the normalisation's output; without pooling, if wished, <paramref name="through"/> to that by its input.</summary>
    private static float* BehindNormal(BlockJob* job, int image, float* z, int thread, bool through)
    {
        var output = InStep(job->Scratch + ((nint)2 * job->ScratchLength * thread), z);
        var gradient = InStep(output + job->ScratchLength - PageFloats, z);
        var at = (nint)image * job->OutputLength;
        if (!job->Pools)
        {
            BehindRelu(job, z, job->Dy + at, gradient, through);
            return gradient;
        }

        if (job->OneSweep)
        {
            BehindPool(job, z, job->Y + at, job->Dy + at, gradient);
            return gradient;
        }

        Normal(job, image, output);
        var pool = job->Pool;
        pool.X = output;
        pool.Y = job->Y + at;
        pool.Dy = job->Dy + at;
        pool.Dx = gradient;
        MaxPoolGradientTask(&pool, 0, thread);
        var relu = new SweepJob { Length = job->Length, X = output, Gradient = gradient, Y = gradient };
        for (var task = 0; task < Divide(job->Length, ElementwiseTask); task++)
            ReluGradientTask(&relu, task, thread);
        return gradient;
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

        internal readonly (int First, int End) Images(int shard) => (shard * IKernels.ShardRows, Math.Min(Shape.Batch, (shard + 1) * IKernels.ShardRows));
    }
}
