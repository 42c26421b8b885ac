using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests.Algebra;

/// <summary>Dense algebra has the bits of its scalar meaning, at each vector width and for each number of threads.</summary>
public abstract partial class DenseAlgebraContract(int threads, VectorWidth width) : IDisposable
{
    private readonly DenseAlgebra _algebra = new(threads, width);

    public void Dispose()
    {
        _algebra.Dispose();
        GC.SuppressFinalize(this);
    }

    private static double[] Doubles(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(i => i % 11 == 5 ? 0 : (random.NextDouble() * 2) - 1)];
    }

    private static float[] Singles(int length, int seed) => [.. Doubles(length, seed).Select(value => (float)value)];

    private static void ShouldBeSameBits(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < actual.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(actual[i]) != BitConverter.DoubleToInt64Bits(expected[i]))
                throw new ShouldAssertException($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    private static void ShouldBeSameBits(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < actual.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(actual[i]) != BitConverter.SingleToInt32Bits(expected[i]))
                throw new ShouldAssertException($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}

public class AlgebraScalarOneThreadTests() : DenseAlgebraContract(1, VectorWidth.Scalar);

public class AlgebraScalarThreeThreadsTests() : DenseAlgebraContract(3, VectorWidth.Scalar);

public class AlgebraBits128TwoThreadsTests() : DenseAlgebraContract(2, VectorWidth.Bits128);

public class AlgebraBits256OneThreadTests() : DenseAlgebraContract(1, VectorWidth.Bits256);

public class AlgebraBits256TwoThreadsTests() : DenseAlgebraContract(2, VectorWidth.Bits256);

public class AlgebraBits512OneThreadTests() : DenseAlgebraContract(1, VectorWidth.Bits512);

public class AlgebraBits512TwoThreadsTests() : DenseAlgebraContract(2, VectorWidth.Bits512);

public class AlgebraBits512ThreeThreadsTests() : DenseAlgebraContract(3, VectorWidth.Bits512);
