using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(50_003)]
    public void Accumulating_has_the_bits_of_its_meaning(int length)
    {
        var (source, destination) = (Numbers(length, 1), Numbers(length, 2));
        using var sum = Put(destination);
        ScalarMeaning.Accumulate(source, destination);

        _kernels.Accumulate(length, Put(source), sum);

        ShouldBeSameBits(Take(sum), destination, "sum");
    }
}
