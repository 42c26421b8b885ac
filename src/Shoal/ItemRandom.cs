namespace Shoal;

/// <summary>
/// The random numbers of one item: <see cref="Philox"/> with the seed as key and (index, draw) as counter, so that they do not depend on
/// which worker runs the item, when, or how often.
/// </summary>
/// <remarks>Every virtual method of <see cref="Random"/> is its own: nothing changes with the runtime. Not thread-safe.</remarks>
internal sealed class ItemRandom(long seed, long index) : Random
{
    private const int WordsInDraw = 4;
    private readonly uint[] _words = new uint[WordsInDraw];
    private ulong _draw;
    private int _used = WordsInDraw;

    public override int Next()
    {
        // The highest value is not part of the range that System.Random promises.
        while (true)
        {
            var value = (int)(NextWord() >> 1);
            if (value != int.MaxValue)
                return value;
        }
    }

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (int)Below((uint)maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (int)(minValue + Below((uint)((long)maxValue - minValue)));
    }

    public override long NextInt64()
    {
        while (true)
        {
            var value = (long)(NextLong() >> 1);
            if (value != long.MaxValue)
                return value;
        }
    }

    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (long)Below((ulong)maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : minValue + (long)Below((ulong)maxValue - (ulong)minValue);
    }

    public override float NextSingle() => Philox.ToSingle(NextWord());

    public override double NextDouble()
    {
        var high = NextWord();
        return Philox.ToDouble(high, NextWord());
    }

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override void NextBytes(Span<byte> buffer)
    {
        for (var i = 0; i < buffer.Length; i += sizeof(uint))
        {
            var word = NextWord();
            for (var j = i; j < Math.Min(i + sizeof(uint), buffer.Length); j++, word >>= 8)
                buffer[j] = (byte)word;
        }
    }

    protected override double Sample() => NextDouble();

    private uint NextWord()
    {
        if (_used == WordsInDraw)
        {
            (_words[0], _words[1], _words[2], _words[3]) = Philox.Draw((ulong)seed, (ulong)index, _draw++);
            _used = 0;
        }

        return _words[_used++];
    }

    private ulong NextLong()
    {
        ulong high = NextWord();
        return (high << 32) | NextWord();
    }

    // Lemire, "Fast random integer generation in an interval", 2019: multiply, and draw again where the range would be uneven.
    private uint Below(uint range)
    {
        var product = (ulong)NextWord() * range;
        if ((uint)product < range)
        {
            var threshold = unchecked(0u - range) % range;
            while ((uint)product < threshold)
                product = (ulong)NextWord() * range;
        }

        return (uint)(product >> 32);
    }

    private ulong Below(ulong range)
    {
        var high = Math.BigMul(NextLong(), range, out var low);
        if (low < range)
        {
            var threshold = unchecked(0ul - range) % range;
            while (low < threshold)
                high = Math.BigMul(NextLong(), range, out low);
        }

        return high;
    }
}
