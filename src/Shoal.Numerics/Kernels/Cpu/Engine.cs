using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>The kernels on raw memory, arguments already checked. One subclass, compiled for each vector width.</summary>
internal abstract unsafe partial class Engine(ComputeTeam team) : IDisposable
{
    /// <summary>Floats of the widest register.</summary>
    internal const int WidestRegister = 16;

    protected ComputeTeam Team { get; } = team;

    protected Workspace Scratch { get; } = new();

    internal static Engine Create(VectorWidth width, ComputeTeam team) => width switch
    {
        VectorWidth.Bits512 => new Engine<Simd512, System.Runtime.Intrinsics.Vector512<float>>(team),
        VectorWidth.Bits256 => new Engine<Simd256, System.Runtime.Intrinsics.Vector256<float>>(team),
        VectorWidth.Bits128 => new Engine<Simd128, System.Runtime.Intrinsics.Vector128<float>>(team),
        _ => new Engine<Scalar, float>(team),
    };

    public void Dispose()
    {
        Team.Dispose();
        Scratch.Dispose();
    }

    internal abstract void DenseForward(in DenseShape shape, float* x, float* weight, bool finiteWeight, in EpilogueValues epilogue, float* y);

    internal abstract void DenseInputGradient(in DenseShape shape, float* dy, float* weight, float* dx);

    internal abstract void DenseWeightGradient(in DenseShape shape, float* x, float* dy, float* dWeight, float* dBias);

    internal abstract void Conv2DForward(in Conv2DShape s, float* x, CpuStorage kernel, in EpilogueValues epilogue, float* y);

    internal abstract void Conv2DInputGradient(in Conv2DShape s, float* dy, float* kernel, float* dx);

    internal abstract void Conv2DWeightGradient(in Conv2DShape s, float* x, float* dy, float* dKernel, float* dBias);

    internal abstract void MaxPoolForward(in PoolShape s, float* x, float* y);

    internal abstract void MaxPoolGradient(in PoolShape s, float* x, float* y, float* dy, float* dx);

    internal abstract void BatchNormStatistics(in ChannelShape s, float* x, float* mean, float* variance);

    internal abstract void BatchNormForward(
        in ChannelShape s, float* x, float* mean, float* variance, float* gamma, float* beta, float epsilon, float* y);

    internal abstract void BatchNormGradient(
        in ChannelShape s, float* x, float* dy, float* mean, float* variance, float* gamma, float epsilon, float* dGamma, float* dBeta, float* dx);

    internal abstract void Copy(int length, float* x, float* y);

    internal abstract void ReluForward(int length, float* x, float* y);

    internal abstract void ReluGradient(int length, float* y, float* dy, float* dx);

    internal abstract void Dropout(int length, float rate, ulong seed, ulong step, float* x, float* y);

    internal abstract void Softmax(int rows, int classes, float* logits, float* probabilities);

    internal abstract void SoftmaxCrossEntropy(int rows, int classes, float* logits, float* targets, float* losses, float* dLogits);

    /// <summary>The values behind an <see cref="Epilogue"/>; null where there are none.</summary>
    internal readonly struct EpilogueValues(float* bias, float* scale, float* shift, bool relu)
    {
        internal readonly float* Bias = bias;
        internal readonly float* Scale = scale;
        internal readonly float* Shift = shift;
        internal readonly bool Relu = relu;
    }
}

/// <inheritdoc/>
internal sealed unsafe partial class Engine<TSimd, T>(ComputeTeam team) : Engine(team)
    where TSimd : struct, ISimd<T>
    where T : struct
{
    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static int Divide(int value, int by) => (value + by - 1) / by;

    /// <summary>Bias, scale and shift with their defaults, one behind the other, each filled up to whole tiles; the stride between them is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FillEpilogue(in EpilogueValues epilogue, int channels, out float* values)
    {
        var stride = RoundUp(channels, Tiles<TSimd, T>.Columns);
        values = Scratch.Get(Workspace.Block.Epilogue, 3L * stride);
        for (var c = 0; c < stride; c++)
        {
            var inside = c < channels;

            // + 0: a bias of −0 is +0, so that a zero sum comes out as +0 whether or not zero terms were left out of its chain.
            values[c] = inside && epilogue.Bias != null ? epilogue.Bias[c] + 0f : 0f;
            values[stride + c] = inside && epilogue.Scale != null ? epilogue.Scale[c] : 1f;
            values[(2 * stride) + c] = inside && epilogue.Shift != null ? epilogue.Shift[c] : 0f;
        }

        return stride;
    }

    /// <summary>Runs a tile whose last columns may lie outside: those go through <paramref name="edge"/> and are dropped.</summary>
    private static void RunTile(int rows, int columns, TileArguments* t, float* edge)
    {
        if (columns == Tiles<TSimd, T>.Columns)
        {
            Tiles<TSimd, T>.Run(rows, t);
            return;
        }

        var (c, stride) = ((nint)t->C, t->RowStrideC);
        var target = (float*)c;
        if (t->Continue)
        {
            for (var r = 0; r < rows; r++)
                Buffer.MemoryCopy(target + (r * stride), edge + (r * Tiles<TSimd, T>.Columns), columns * sizeof(float), columns * sizeof(float));
        }

        t->C = edge;
        t->RowStrideC = Tiles<TSimd, T>.Columns;
        Tiles<TSimd, T>.Run(rows, t);
        for (var r = 0; r < rows; r++)
            Buffer.MemoryCopy(edge + (r * Tiles<TSimd, T>.Columns), target + (r * stride), columns * sizeof(float), columns * sizeof(float));
        t->C = target;
        t->RowStrideC = stride;
    }
}
