namespace Shoal.Numerics.Algebra;

/// <summary>C = alpha·A·B + beta·C on bare memory. Each of A and B has two strides, of which one is 1; transposing exchanges them.</summary>
internal unsafe struct DoubleProduct
{
    internal double* A;
    internal nint RowStrideA;
    internal nint StepA;
    internal double* B;
    internal nint StepB;
    internal nint ColumnStrideB;
    internal double* C;
    internal nint RowStrideC;
    internal int Rows;
    internal int Columns;
    internal int Depth;
    internal double Alpha;
    internal double Beta;

    /// <summary>Only C's elements on and below its diagonal are written.</summary>
    internal bool Lower;
}
