using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>The tile shapes of a vector width, and the choice of the compiled tile by its rows.</summary>
internal static unsafe class Tiles<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    /// <summary>Columns of a tile: two registers.</summary>
    internal static int Columns => 2 * TSimd.Count;

    /// <summary>The most rows whose sums fit into the registers: 14 of 32 for 512 bits, 6 of 16 below.</summary>
    internal static int MaxRows => TSimd.Count == 16 ? 14 : 6;

    /// <summary>Cuts <paramref name="count"/> rows into the fewest tiles of nearly equal rows: 26 into 6, 5, 5, 5, 5.</summary>
    internal static Cut Cut(int count) => new(count, (count + MaxRows - 1) / MaxRows);

    internal static void Run(int rows, TileArguments* t)
    {
        switch (rows)
        {
            case 1:
                Tile<TSimd, T, Rows1>.Run(t);
                break;
            case 2:
                Tile<TSimd, T, Rows2>.Run(t);
                break;
            case 3:
                Tile<TSimd, T, Rows3>.Run(t);
                break;
            case 4:
                Tile<TSimd, T, Rows4>.Run(t);
                break;
            case 5:
                Tile<TSimd, T, Rows5>.Run(t);
                break;
            case 6:
                Tile<TSimd, T, Rows6>.Run(t);
                break;
            case 7:
                Tile<TSimd, T, Rows7>.Run(t);
                break;
            case 8:
                Tile<TSimd, T, Rows8>.Run(t);
                break;
            case 9:
                Tile<TSimd, T, Rows9>.Run(t);
                break;
            case 10:
                Tile<TSimd, T, Rows10>.Run(t);
                break;
            case 11:
                Tile<TSimd, T, Rows11>.Run(t);
                break;
            case 12:
                Tile<TSimd, T, Rows12>.Run(t);
                break;
            case 13:
                Tile<TSimd, T, Rows13>.Run(t);
                break;
            case 14:
                Tile<TSimd, T, Rows14>.Run(t);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 14 rows.");
        }
    }
}

/// <summary>Rows in tiles that differ by one row at most; the divisions are made once.</summary>
internal readonly struct Cut(int count, int tiles)
{
    private readonly int _rows = count / tiles;
    private readonly int _longer = count % tiles;

    internal int Tiles { get; } = tiles;

    /// <summary>The first row of a tile.</summary>
    internal int First(int tile) => (tile * _rows) + Math.Min(tile, _longer);

    /// <summary>How many rows it has.</summary>
    internal int Rows(int tile) => tile < _longer ? _rows + 1 : _rows;
}

internal readonly struct Rows1 : IRows
{
    public static int Count => 1;
}

internal readonly struct Rows2 : IRows
{
    public static int Count => 2;
}

internal readonly struct Rows3 : IRows
{
    public static int Count => 3;
}

internal readonly struct Rows4 : IRows
{
    public static int Count => 4;
}

internal readonly struct Rows5 : IRows
{
    public static int Count => 5;
}

internal readonly struct Rows6 : IRows
{
    public static int Count => 6;
}

internal readonly struct Rows7 : IRows
{
    public static int Count => 7;
}

internal readonly struct Rows8 : IRows
{
    public static int Count => 8;
}

internal readonly struct Rows9 : IRows
{
    public static int Count => 9;
}

internal readonly struct Rows10 : IRows
{
    public static int Count => 10;
}

internal readonly struct Rows11 : IRows
{
    public static int Count => 11;
}

internal readonly struct Rows12 : IRows
{
    public static int Count => 12;
}

internal readonly struct Rows13 : IRows
{
    public static int Count => 13;
}

internal readonly struct Rows14 : IRows
{
    public static int Count => 14;
}
