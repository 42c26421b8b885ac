using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Shoal.Wire;

/// <summary>
/// A fast hash of 128 bits over large blocks of memory: two contents with one hash are not a practical risk, unless somebody makes them on purpose.
/// </summary>
/// <remarks>
/// A block is cut into parts; each has a digest, and the hash is the digest of the digests. So several threads, or somebody who copies part by part, come to the same
/// value. A part goes 64 bytes at a time into eight sums of products of 32 by 32 bits, as in XXH3 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), whose constants these
/// are not. The value is the same with and without vector instructions, and is never stored.
/// </remarks>
internal static class ContentHash
{
    private const int Stripe = 64, Lanes = 8, StripesOfBlock = 16;
    private const uint Prime = 0x9E3779B1;

    // Random-looking words.
    private static readonly ulong[] Keys = MakeKeys(StripesOfBlock + (3 * Lanes));

    /// <summary>The digest of one part.</summary>
    public static UInt128 Part(ReadOnlySpan<byte> part) => Part(part, Avx2.IsSupported);

    /// <summary>The digest of one part, with or without vector instructions.</summary>
    internal static unsafe UInt128 Part(ReadOnlySpan<byte> part, bool vectors)
    {
        var sums = stackalloc ulong[Lanes];
        fixed (ulong* keys = Keys)
        fixed (byte* bytes = part)
        {
            for (var i = 0; i < Lanes; i++)
                sums[i] = keys[i] * Prime;
            var stripes = part.Length / Stripe;
            if (vectors)
                AddVectors(sums, bytes, stripes, keys);
            else
                Add(sums, bytes, stripes, keys);
            var last = stackalloc byte[Stripe];
            new Span<byte>(last, Stripe).Clear();
            part[(stripes * Stripe)..].CopyTo(new Span<byte>(last, Stripe));
            Add(sums, last, 1, keys + Lanes);
            return new UInt128(Fold(sums, keys + StripesOfBlock, (ulong)part.Length), Fold(sums, keys + StripesOfBlock + Lanes, ~(ulong)part.Length));
        }
    }

    /// <summary>The hash of a block from the digests of its parts.</summary>
    public static UInt128 Combine(ReadOnlySpan<UInt128> digests) => Part(MemoryMarshal.AsBytes(digests));

    private static unsafe void Add(ulong* sums, byte* bytes, int stripes, ulong* keys)
    {
        for (var s = 0; s < stripes; s++, bytes += Stripe)
        {
            for (var i = 0; i < Lanes; i++)
            {
                var data = Unsafe.ReadUnaligned<ulong>(bytes + (8 * i));
                var mixed = data ^ keys[(s % StripesOfBlock) + i];
                sums[i ^ 1] += data;
                sums[i] += (uint)mixed * (mixed >> 32);
            }

            if (s % StripesOfBlock != StripesOfBlock - 1)
                continue;
            for (var i = 0; i < Lanes; i++)
                sums[i] = (sums[i] ^ (sums[i] >> 47) ^ keys[StripesOfBlock + i]) * Prime;
        }
    }

    // The same as Add, four sums at a time. Compiled well at once: code for these instructions is not compiled ahead, and the first tier is five times slower, for a second
    // or for ever in a program that hashes seldom.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddVectors(ulong* sums, byte* bytes, int stripes, ulong* keys)
    {
        var (low, high) = (Vector256.Load(sums), Vector256.Load(sums + 4));
        var (scrambleLow, scrambleHigh) = (Vector256.Load(keys + StripesOfBlock), Vector256.Load(keys + StripesOfBlock + 4));
        for (var s = 0; s < stripes; s++, bytes += Stripe)
        {
            var key = keys + (s % StripesOfBlock);
            low = Step(low, Vector256.Load((ulong*)bytes), Vector256.Load(key));
            high = Step(high, Vector256.Load((ulong*)(bytes + 32)), Vector256.Load(key + 4));
            if (s % StripesOfBlock != StripesOfBlock - 1)
                continue;
            low = Scramble(low, scrambleLow);
            high = Scramble(high, scrambleHigh);
        }

        low.Store(sums);
        high.Store(sums + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Step(Vector256<ulong> sums, Vector256<ulong> data, Vector256<ulong> key)
    {
        var mixed = data ^ key;
        var neighbours = Avx2.Shuffle(data.AsInt32(), 0b01_00_11_10).AsUInt64();
        return sums + neighbours + Avx2.Multiply(mixed.AsUInt32(), Vector256.ShiftRightLogical(mixed, 32).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Scramble(Vector256<ulong> sums, Vector256<ulong> key)
    {
        var mixed = sums ^ Vector256.ShiftRightLogical(sums, 47) ^ key;
        var prime = Vector256.Create((ulong)Prime).AsUInt32();
        var upper = Avx2.Multiply(Vector256.ShiftRightLogical(mixed, 32).AsUInt32(), prime);
        return Avx2.Multiply(mixed.AsUInt32(), prime) + Vector256.ShiftLeft(upper, 32);
    }

    private static unsafe ulong Fold(ulong* sums, ulong* keys, ulong length)
    {
        var hash = length * 0x9E3779B97F4A7C15;
        for (var i = 0; i < Lanes; i += 2)
        {
            var high = Math.BigMul(sums[i] ^ keys[i], sums[i + 1] ^ keys[i + 1], out var low);
            hash += high ^ low;
        }

        return Mix(hash);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static ulong[] MakeKeys(int count)
    {
        var keys = new ulong[count];
        for (var i = 0; i < count; i++)
            keys[i] = Mix(BitOperations.RotateLeft(0x9E3779B97F4A7C15, i) + (ulong)i);
        return keys;
    }
}
