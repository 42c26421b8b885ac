namespace Shoal.Learning;

/// <summary>One rate up to and with each boundary, and one after the last, as in Keras.</summary>
public sealed class PiecewiseConstantDecay : LearningRateSchedule
{
    private readonly long[] _boundaries;
    private readonly double[] _rates;

    /// <summary>These pieces.</summary>
    /// <param name="boundaries">The last step of each piece but the last, rising.</param>
    /// <param name="rates">The rate of each piece, from 0; one more than boundaries.</param>
    /// <exception cref="ArgumentException">The counts do not fit, a boundary does not rise, or a rate is negative or no number.</exception>
    public PiecewiseConstantDecay(ReadOnlySpan<long> boundaries, ReadOnlySpan<double> rates)
    {
        if (rates.Length != boundaries.Length + 1)
        {
            throw new ArgumentException(
                $"PiecewiseConstantDecay: there are {rates.Length} rates for {boundaries.Length} boundaries; give one rate more than boundaries.", nameof(rates));
        }

        for (var i = 0; i < rates.Length; i++)
        {
            CheckRate(rates[i], nameof(PiecewiseConstantDecay), $"rates[{i}]");
            if (i > 0 && i < boundaries.Length && boundaries[i] <= boundaries[i - 1])
                throw new ArgumentException($"PiecewiseConstantDecay: boundary {i} is {boundaries[i]}, not above {boundaries[i - 1]} before it.", nameof(boundaries));
        }

        (_boundaries, _rates) = (boundaries.ToArray(), rates.ToArray());
    }

    /// <inheritdoc/>
    public override double At(long step)
    {
        var piece = 0;
        while (piece < _boundaries.Length && step > _boundaries[piece])
            piece++;
        return _rates[piece];
    }
}
