namespace Shoal.Frames.Internal;

/// <summary>The random numbers of one drawing: a walk along the counters of <see cref="Philox"/> that depends on nothing but seed, part and index.</summary>
internal struct DrawingRandom(ulong seed, uint part, int index)
{
    private readonly ulong _stream = ((ulong)part << 32) | (uint)index;
    private (uint X0, uint X1, uint X2, uint X3) _drawn;
    private ulong _block;
    private int _left;

    public uint NextBits()
    {
        if (_left == 0)
        {
            _drawn = Philox.Draw(seed, _block++, _stream);
            _left = 4;
        }

        return _left-- switch { 4 => _drawn.X0, 3 => _drawn.X1, 2 => _drawn.X2, _ => _drawn.X3 };
    }

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * (NextBits() * (1.0 / (1UL << 32)));

    /// <summary>In [−spread, spread], more often near 0: the mean of two uniform numbers of 16 bits.</summary>
    public double About(double spread)
    {
        var bits = NextBits();
        return spread * ((int)((bits & 0xFFFF) + (bits >> 16)) - 0xFFFF) / 0xFFFF;
    }

    /// <summary>One of 0 to <paramref name="count"/> − 1.</summary>
    public int Choose(int count) => (int)(((ulong)NextBits() * (uint)count) >> 32);
}
