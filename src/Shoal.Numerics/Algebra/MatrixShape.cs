namespace Shoal.Numerics;

/// <summary>The checks that the two matrix spans share.</summary>
internal static class MatrixShape
{
    internal static void Check(string type, int length, int rows, int columns, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (stride < columns)
            throw new ArgumentException($"{type}: the stride is {stride}, shorter than a row of {columns}.", nameof(stride));
        var needed = rows == 0 || columns == 0 ? 0 : ((rows - 1) * (long)stride) + columns;
        if (length < needed)
            throw new ArgumentException($"{type}: values has {length} elements, a matrix of ({rows}, {columns}) with stride {stride} needs {needed}.");
    }

    internal static void CheckBlock(int allRows, int allColumns, int row, int column, int rows, int columns)
    {
        if (row < 0 || column < 0 || rows < 0 || columns < 0 || row > allRows - rows || column > allColumns - columns)
            throw new ArgumentOutOfRangeException(nameof(row), $"MatrixSpan.Block: rows {row} to {row + rows} and columns {column} to {column + columns} do not lie in a matrix of ({allRows}, {allColumns}).");
    }
}
