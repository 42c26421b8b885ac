namespace Shoal.Learning;

/// <summary>Where the largest value stands.</summary>
internal static class Largest
{
    /// <summary>Its index; the first of equals.</summary>
    public static int Of(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
