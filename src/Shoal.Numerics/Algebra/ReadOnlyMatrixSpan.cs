namespace Shoal.Numerics;

/// <summary>A matrix to be read, over memory that belongs to someone else: row-major with a stride, or the transposed of such a one.</summary>
/// <typeparam name="T">The element: double or float in <see cref="DenseAlgebra"/>.</typeparam>
public readonly ref struct ReadOnlyMatrixSpan<T>
    where T : unmanaged
{
    /// <summary>A matrix of (rows, columns) without gaps.</summary>
    /// <param name="values">At least rows·columns elements.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">0 or more.</param>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<T> values, int rows, int columns)
        : this(values, rows, columns, columns)
    {
    }

    /// <summary>A matrix whose rows lie <paramref name="stride"/> elements apart (BLAS: the leading dimension).</summary>
    /// <param name="values">At least (rows − 1)·stride + columns elements.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="columns">0 or more.</param>
    /// <param name="stride">At least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentException">The span is too short, or the stride shorter than a row.</exception>
    public ReadOnlyMatrixSpan(ReadOnlySpan<T> values, int rows, int columns, int stride)
    {
        MatrixShape.Check(nameof(ReadOnlyMatrixSpan<T>), values.Length, rows, columns, stride);
        Values = values;
        (Rows, Columns, Stride) = (rows, columns, stride);
    }

    private ReadOnlyMatrixSpan(ReadOnlySpan<T> values, int rows, int columns, int stride, bool transposed)
    {
        Values = values;
        (Rows, Columns, Stride, IsTransposed) = (rows, columns, stride, transposed);
    }

    /// <summary>The elements as they lie.</summary>
    public ReadOnlySpan<T> Values { get; }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>Elements from one row to the next, or from one column to the next if <see cref="IsTransposed"/>.</summary>
    public int Stride { get; }

    /// <summary>Whether the columns are what lies without gaps, not the rows.</summary>
    /// <value>False, until <see cref="Transpose"/>.</value>
    public bool IsTransposed { get; }

    /// <summary>One element.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="column">From 0.</param>
    public T this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return IsTransposed ? Values[(int)(((long)column * Stride) + row)] : Values[(int)(((long)row * Stride) + column)];
        }
    }

    /// <summary>The transposed matrix over the same memory.</summary>
    public ReadOnlyMatrixSpan<T> Transpose() => new(Values, Columns, Rows, Stride, !IsTransposed);
}
