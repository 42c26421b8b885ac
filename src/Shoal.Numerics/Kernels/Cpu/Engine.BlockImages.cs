using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>One image through normalisation, ReLU and pooling, and its gradient back, in as few sweeps as there are.</summary>
internal sealed unsafe partial class Engine<TSimd, T>
{
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

    /// <summary>
    /// The first place from <paramref name="scratch"/> on that lies in its page as z lies in its own: a store a little ahead of a load, by the low twelve bits
    /// of their addresses, holds the load up.
    /// </summary>
    private static float* InStep(float* scratch, float* z) => scratch + (((nint)z - (nint)scratch) / sizeof(float) & (PageFloats - 1));

    /// <summary>Whether windows lie side by side and cover the image, and channels fill registers: then one sweep does all.</summary>
    private static bool OneSweep(in PoolShape s) => !s.Same && s.StrideHeight == s.PoolHeight && s.StrideWidth == s.PoolWidth
        && s.Height % s.PoolHeight == 0 && s.Width % s.PoolWidth == 0 && s.Channels % TSimd.Count == 0;

    /// <summary>y = the largest of relu(normalised z) in each window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalPool(BlockJob* job, float* z, float* y)
    {
        var s = job->Pool.Shape;
        var factors = job->Forward->Factors;
        nint width = job->Forward->Width;
        nint channels = s.Channels;
        var line = s.Width * channels;
        for (var row = 0; row < job->Pool.Height; row++)
        {
            for (nint column = 0; column < job->Pool.Width; column++, y += channels)
            {
                var window = z + (row * s.PoolHeight * line) + (column * s.PoolWidth * channels);
                for (nint c = 0; c < channels; c += TSimd.Count)
                {
                    T mean = TSimd.Load(factors + c), factor = TSimd.Load(factors + width + c), beta = TSimd.Load(factors + (2 * width) + c);
                    var best = TSimd.Relu(TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Load(window + c), mean), factor, beta));
                    for (nint h = 0; h < s.PoolHeight; h++)
                    {
                        for (nint w = 0; w < s.PoolWidth; w++)
                        {
                            var x = TSimd.Load(window + (h * line) + (w * channels) + c);
                            best = TSimd.Maximum(best, TSimd.Relu(TSimd.FusedMultiplyAdd(TSimd.Subtract(x, mean), factor, beta)));
                        }
                    }

                    TSimd.Store(best, y + c);
                }
            }
        }
    }

    /// <summary>The gradient by the normalisation's output: each window's gradient at its first largest value, if that is above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BehindPool(BlockJob* job, float* z, float* y, float* dy, float* gradient)
    {
        var s = job->Pool.Shape;
        var factors = job->Forward->Factors;
        nint width = job->Forward->Width;
        nint channels = s.Channels;
        var line = s.Width * channels;
        for (var row = 0; row < job->Pool.Height; row++)
        {
            for (nint column = 0; column < job->Pool.Width; column++, y += channels, dy += channels)
            {
                var first = (row * s.PoolHeight * line) + (column * s.PoolWidth * channels);
                for (nint c = 0; c < channels; c += TSimd.Count)
                {
                    T mean = TSimd.Load(factors + c), factor = TSimd.Load(factors + width + c), beta = TSimd.Load(factors + (2 * width) + c);
                    T largest = TSimd.Load(y + c), whole = TSimd.Load(dy + c), open = TSimd.True;
                    for (nint h = 0; h < s.PoolHeight; h++)
                    {
                        for (nint w = 0; w < s.PoolWidth; w++)
                        {
                            var at = first + (h * line) + (w * channels) + c;
                            var a = TSimd.Relu(TSimd.FusedMultiplyAdd(TSimd.Subtract(TSimd.Load(z + at), mean), factor, beta));
                            var here = TSimd.And(TSimd.IsWinner(a, largest), open);
                            open = TSimd.AndNot(open, here);

                            // 0 + makes a gradient of −0 +0, as adding it to a cleared dx does.
                            TSimd.Store(TSimd.WherePositive(a, TSimd.Add(TSimd.Zero, TSimd.And(whole, here))), gradient + at);
                        }
                    }
                }
            }
        }
    }

    /// <summary>
    /// Without pooling: the gradient by the normalisation's output, dy where the output is above 0; with <see cref="BlockJob.Backward"/> at once that by its input.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BehindRelu(BlockJob* job, float* z, float* dy, float* gradient, bool through)
    {
        nint channels = job->Forward->Channels;
        nint width = job->Forward->Width;
        var factors = job->Forward->Factors;
        var back = through ? job->Backward->Factors : factors;
        var whole = channels / TSimd.Count * TSimd.Count;
        for (var position = job->Forward->Rows; position > 0; position--, z += channels, dy += channels, gradient += channels)
        {
            for (nint c = 0; c < whole; c += TSimd.Count)
            {
                var centred = TSimd.Subtract(TSimd.Load(z + c), TSimd.Load(factors + c));
                var value = TSimd.FusedMultiplyAdd(centred, TSimd.Load(factors + width + c), TSimd.Load(factors + (2 * width) + c));
                var result = TSimd.WherePositive(value, TSimd.Load(dy + c));
                if (through)
                {
                    var rest = TSimd.FusedMultiplyAdd(result, TSimd.Load(back + (3 * width) + c), TSimd.Load(back + (2 * width) + c));
                    result = TSimd.FusedMultiplyAdd(centred, TSimd.Load(back + width + c), rest);
                }

                TSimd.Store(result, gradient + c);
            }

            for (var c = whole; c < channels; c++)
            {
                var centred = z[c] - factors[c];
                var result = Simd.Scalar.WherePositive(MathF.FusedMultiplyAdd(centred, factors[width + c], factors[(2 * width) + c]), dy[c]);
                if (through)
                    result = MathF.FusedMultiplyAdd(centred, back[width + c], MathF.FusedMultiplyAdd(result, back[(3 * width) + c], back[(2 * width) + c]));
                gradient[c] = result;
            }
        }
    }
}
