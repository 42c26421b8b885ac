using Shoal.Numerics.Kernels.Cpu;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Algebra;

/// <summary>One output tile of doubles; all strides in doubles.</summary>
internal unsafe struct DoubleTileArguments
{
    internal double* A;
    internal nint RowStride;
    internal nint StepA;

    /// <summary>A packed panel: two registers a step.</summary>
    internal double* B;
    internal nint Depth;

    /// <summary>Where the sums of blocks of k wait: C itself, or a place of their own where C's old values are still needed.</summary>
    internal double* Sums;
    internal nint RowStrideSums;

    /// <summary>Whether the chain goes on from Sums, else from zero.</summary>
    internal bool Continue;

    /// <summary>Whether this is the last block of k: alpha, beta, and C.</summary>
    internal bool Finish;
    internal double* C;
    internal nint RowStrideC;
    internal double Alpha;

    /// <summary>0: C is written without being read.</summary>
    internal double Beta;
}

/// <summary>The tile shapes of a vector width, and the choice of the compiled tile by its rows.</summary>
internal static unsafe class DoubleTiles<TSimd, T>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
{
    internal static int Columns => 2 * TSimd.Count;

    /// <summary>The most rows whose sums fit into the registers: 14 of 32 for 512 bits, 6 of 16 below.</summary>
    internal static int MaxRows => TSimd.Count == 8 ? 14 : 6;

    internal static Cut Cut(int count) => new(count, (count + MaxRows - 1) / MaxRows);

    internal static void Run(int rows, DoubleTileArguments* t)
    {
        switch (rows)
        {
            case 1:
                DoubleTile<TSimd, T, Rows1>.Run(t);
                break;
            case 2:
                DoubleTile<TSimd, T, Rows2>.Run(t);
                break;
            case 3:
                DoubleTile<TSimd, T, Rows3>.Run(t);
                break;
            case 4:
                DoubleTile<TSimd, T, Rows4>.Run(t);
                break;
            case 5:
                DoubleTile<TSimd, T, Rows5>.Run(t);
                break;
            case 6:
                DoubleTile<TSimd, T, Rows6>.Run(t);
                break;
            case 7:
                DoubleTile<TSimd, T, Rows7>.Run(t);
                break;
            case 8:
                DoubleTile<TSimd, T, Rows8>.Run(t);
                break;
            case 9:
                DoubleTile<TSimd, T, Rows9>.Run(t);
                break;
            case 10:
                DoubleTile<TSimd, T, Rows10>.Run(t);
                break;
            case 11:
                DoubleTile<TSimd, T, Rows11>.Run(t);
                break;
            case 12:
                DoubleTile<TSimd, T, Rows12>.Run(t);
                break;
            case 13:
                DoubleTile<TSimd, T, Rows13>.Run(t);
                break;
            case 14:
                DoubleTile<TSimd, T, Rows14>.Run(t);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 14 rows.");
        }
    }
}
