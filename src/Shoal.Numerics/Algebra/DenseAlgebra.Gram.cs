namespace Shoal.Numerics;

public sealed partial class DenseAlgebra
{
    /// <summary>xᵀ·x of a matrix of bytes, exact: whatever is added to it from other rows, in any order and by any number of workers, has the same bits.</summary>
    /// <param name="x">(rows, columns), by rows.</param>
    /// <param name="gram">(columns, columns); both triangles are written.</param>
    /// <remarks>Computed by products of doubles, which hold every sum of fewer than 10¹¹ squares of bytes exactly.</remarks>
    /// <exception cref="ArgumentException">The shapes do not fit, or x is transposed.</exception>
    public unsafe void Gram(ReadOnlyMatrixSpan<byte> x, MatrixSpan<long> gram)
    {
        if (gram.Rows != x.Columns || gram.Columns != x.Columns)
            throw new ArgumentException($"DenseAlgebra.Gram: gram is ({gram.Rows}, {gram.Columns}), expected ({x.Columns}, {x.Columns}) for x of ({x.Rows}, {x.Columns}).", nameof(gram));
        if (x.IsTransposed)
            throw new ArgumentException("DenseAlgebra.Gram: x is transposed, expected a matrix by rows.", nameof(x));
        if (x.Columns == 0)
            return;
        fixed (byte* from = x.Values)
        fixed (long* to = gram.Values)
            _doubles.Gram(from, x.Stride, x.Rows, x.Columns, to, gram.Stride);
        GC.KeepAlive(this);
    }
}
