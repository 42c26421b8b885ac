using System.Numerics;
using System.Runtime.InteropServices;

namespace Shoal.Learning;

/// <summary>Looks for what is no finite number.</summary>
internal static class Finite
{
    private const uint Exponent = 0x7F80_0000;

    /// <summary>The index of the first NaN or infinity; null where there is none.</summary>
    public static int? FirstOther(ReadOnlySpan<float> values)
    {
        // All ones in the exponent: only a block that has such a value is looked at one by one.
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var ones = new Vector<uint>(Exponent);
        var i = 0;
        while (bits.Length - i >= Vector<uint>.Count && !Vector.EqualsAny(new Vector<uint>(bits[i..]) & ones, ones))
            i += Vector<uint>.Count;
        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return null;
    }
}
