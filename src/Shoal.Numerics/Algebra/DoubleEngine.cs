using System.Runtime.Intrinsics;
using Shoal.Numerics.Kernels;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Algebra;

/// <summary>Dense algebra of doubles on raw memory, arguments already checked. One subclass, compiled for each vector width.</summary>
internal abstract unsafe partial class DoubleEngine(ComputeTeam team) : IDisposable
{
    protected ComputeTeam Team { get; } = team;

    protected DoubleWorkspace Scratch { get; } = new();

    internal static DoubleEngine Create(VectorWidth width, ComputeTeam team) => width switch
    {
        VectorWidth.Bits512 => new DoubleEngine<SimdDouble512, Vector512<double>>(team),
        VectorWidth.Bits256 => new DoubleEngine<SimdDouble256, Vector256<double>>(team),
        VectorWidth.Bits128 => new DoubleEngine<SimdDouble128, Vector128<double>>(team),
        _ => new DoubleEngine<ScalarDouble, double>(team),
    };

    public void Dispose() => Scratch.Dispose();

    internal abstract void Product(DoubleProduct product);
}

/// <inheritdoc/>
internal sealed unsafe partial class DoubleEngine<TSimd, T>(ComputeTeam team) : DoubleEngine(team)
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
