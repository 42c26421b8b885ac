namespace Shoal.Numerics;

/// <summary>A symmetric matrix has no Cholesky factor, because it is not positive definite (or not by more than rounding).</summary>
public sealed class NotPositiveDefiniteException : ShoalException
{
    internal NotPositiveDefiniteException(int pivot, int size, double value)
        : base($"DenseAlgebra.Cholesky: the matrix of ({size}, {size}) is not positive definite: pivot {pivot} (from 0) is {value:R}, expected above 0. Add to the diagonal, or use SymmetricEigen.")
        => (Pivot, Value) = (pivot, value);

    /// <summary>The first pivot that is not above 0, from 0.</summary>
    public int Pivot { get; }

    /// <summary>What it is: 0, negative or NaN.</summary>
    public double Value { get; }
}
