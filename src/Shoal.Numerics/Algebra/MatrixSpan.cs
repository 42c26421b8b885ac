namespace Shoal.Numerics;

/// <summary>A matrix over memory that belongs to someone else: row-major, the rows <see cref="Stride"/> elements apart.</summary>
/// <typeparam name="T">The element: double or float in <see cref="DenseAlgebra"/>.</typeparam>
/// <remarks>As a span, it owns nothing, copies nothing and lives on the stack.</remarks>
public readonly ref struct MatrixSpan<T>
    where T : unmanaged
{
    /// <summary>A matrix of (rows, columns) without gaps.</summary>
    /// <param name="values">At least rows·columns elements.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">0 or more.</param>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public MatrixSpan(Span<T> values, int rows, int columns)
        : this(values, rows, columns, columns)
    {
    }

    /// <summary>A matrix whose rows lie <paramref name="stride"/> elements apart (BLAS: the leading dimension), such as a block of a larger one.</summary>
    /// <param name="values">At least (rows − 1)·stride + columns elements.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">0 or more.</param>
    /// <param name="stride">At least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentException">The span is too short, or the stride shorter than a row.</exception>
    public MatrixSpan(Span<T> values, int rows, int columns, int stride)
    {
        MatrixShape.Check(nameof(MatrixSpan<T>), values.Length, rows, columns, stride);
        Values = values;
        (Rows, Columns, Stride) = (rows, columns, stride);
    }

    /// <summary>The elements, from the first one on.</summary>
    public Span<T> Values { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>One element.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">From 0.</param>
    public ref T this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return ref Values[(int)(((long)row * Stride) + column)];
        }
    }

    /// <summary>Rows and columns of this matrix as a matrix over the same memory.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="column">The first column.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The block does not lie inside.</exception>
    public MatrixSpan<T> Block(int row, int column, int rows, int columns)
    {
        MatrixShape.CheckBlock(Rows, Columns, row, column, rows, columns);
        return rows == 0 || columns == 0 ? new MatrixSpan<T>([], rows, columns, columns) : new MatrixSpan<T>(Values[(int)(((long)row * Stride) + column)..], rows, columns, Stride);
    }

    /// <summary>The transposed matrix, to be read, over the same memory.</summary>
    public ReadOnlyMatrixSpan<T> Transpose() => ((ReadOnlyMatrixSpan<T>)this).Transpose();

    /// <summary>The same matrix, to be read.</summary>
    /// <param name="matrix">The matrix.</param>
    public static implicit operator ReadOnlyMatrixSpan<T>(MatrixSpan<T> matrix) => matrix.ToReadOnly();

    /// <summary>The same matrix, to be read.</summary>
    public ReadOnlyMatrixSpan<T> ToReadOnly() => new(Values, Rows, Columns, Stride);
}
