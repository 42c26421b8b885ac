namespace Shoal.Numerics.Tests.Algebra;

public abstract partial class DenseAlgebraContract
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(7, 20)]
    [InlineData(161, 33)]
    [InlineData(500, 70)]
    public void Gram_matrices_of_bytes_are_exact(int rows, int columns)
    {
        const int Gap = 2;
        var bytes = new byte[1 + (rows * (columns + Gap))];
        new Random(rows).NextBytes(bytes);
        Array.Fill(bytes, (byte)255, 0, bytes.Length / 2);
        var gram = Enumerable.Repeat(-1L, columns * (columns + 1)).ToArray();

        _algebra.Gram(new ReadOnlyMatrixSpan<byte>(bytes.AsSpan(1), rows, columns, columns + Gap), new MatrixSpan<long>(gram, columns, columns, columns + 1));

        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j < columns; j++)
                gram[(i * (columns + 1)) + j].ShouldBe(Enumerable.Range(0, rows).Sum(r => (long)bytes[1 + (r * (columns + Gap)) + i] * bytes[1 + (r * (columns + Gap)) + j]));
            gram[(i * (columns + 1)) + columns].ShouldBe(-1);
        }

        Should.Throw<ArgumentException>(() => _algebra.Gram(new ReadOnlyMatrixSpan<byte>(bytes, 0, columns), new MatrixSpan<long>(gram, 0, columns))).Message.ShouldContain($"gram is (0, {columns})");
    }
}
