using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests;

/// <summary>Every kernel has the bits of its scalar meaning, at each vector width and for each number of threads.</summary>
public abstract partial class KernelsContract(VectorWidth width, int threads) : IDisposable
{
    private readonly CpuKernels _kernels = new(threads, width);

    public void Dispose()
    {
        _kernels.Dispose();
        GC.SuppressFinalize(this);
    }

    private Storage Put(float[] values)
    {
        var storage = _kernels.Allocate(values.Length);
        _kernels.Write(values, storage);
        return storage;
    }

    private float[] Take(Storage storage)
    {
        var values = new float[storage.Length];
        _kernels.Read(storage, values);
        return values;
    }

    /// <summary>Normal numbers, every seventh an exact zero.</summary>
    private static float[] Numbers(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = i % 7 == 3 ? 0f : (float)((random.NextDouble() * 2) - 1 + (random.NextDouble() * 0.5));
        return values;
    }

    private static void ShouldBeSameBits(float[] actual, float[] expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < actual.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(actual[i]) != BitConverter.SingleToInt32Bits(expected[i]) && !(float.IsNaN(actual[i]) && float.IsNaN(expected[i])))
                throw new ShouldAssertException($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }
}

public class ScalarOneThreadTests() : KernelsContract(VectorWidth.Scalar, 1);

public class ScalarTwoThreadsTests() : KernelsContract(VectorWidth.Scalar, 2);

public class ScalarThreeThreadsTests() : KernelsContract(VectorWidth.Scalar, 3);

public class Bits128OneThreadTests() : KernelsContract(VectorWidth.Bits128, 1);

public class Bits128TwoThreadsTests() : KernelsContract(VectorWidth.Bits128, 2);

public class Bits128ThreeThreadsTests() : KernelsContract(VectorWidth.Bits128, 3);

public class Bits256OneThreadTests() : KernelsContract(VectorWidth.Bits256, 1);

public class Bits256TwoThreadsTests() : KernelsContract(VectorWidth.Bits256, 2);

public class Bits256ThreeThreadsTests() : KernelsContract(VectorWidth.Bits256, 3);

public class Bits512OneThreadTests() : KernelsContract(VectorWidth.Bits512, 1);

public class Bits512TwoThreadsTests() : KernelsContract(VectorWidth.Bits512, 2);

public class Bits512ThreeThreadsTests() : KernelsContract(VectorWidth.Bits512, 3);
