using System.Runtime.CompilerServices;

namespace Shoal;

/// <summary>
/// The counter-based generator Philox4x32-10: four 32-bit numbers for each pair of key and counter, without state.
/// </summary>
/// <remarks>
/// The same (key, counter) gives the same four numbers on every machine and in every process, so that work split over
/// workers draws what the plain loop draws. Thread-safe. Source: Salmon, Moraes, Dror, Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </remarks>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four numbers at one counter.</summary>
    /// <param name="key">The seed.</param>
    /// <param name="counterLow">The low 64 bits of the counter.</param>
    /// <param name="counterHigh">The high 64 bits of the counter.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X0, uint X1, uint X2, uint X3) Draw(ulong key, ulong counterLow, ulong counterHigh)
    {
        var (x0, x1, x2, x3) = ((uint)counterLow, (uint)(counterLow >> 32), (uint)counterHigh, (uint)(counterHigh >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * x0;
            var product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (x0, x1, x2, x3);
    }

    /// <summary>A float in [0, 1) with 24 random bits.</summary>
    /// <param name="bits">32 random bits, of which the upper 24 are used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(uint bits) => (bits >> 8) * (1f / (1 << 24));

    /// <summary>A double in [0, 1) with 53 random bits.</summary>
    /// <param name="high">32 random bits.</param>
    /// <param name="low">32 random bits, of which the upper 21 are used.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble(uint high, uint low) => (((ulong)high << 21) | (low >> 11)) * (1.0 / (1UL << 53));
}
