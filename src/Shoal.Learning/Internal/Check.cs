namespace Shoal.Learning;

/// <summary>Checks of arguments whose messages say the value, the place and what was expected.</summary>
internal static class Check
{
    public static int AtLeast(int least, int value, string owner, string parameter) =>
        value >= least
            ? value
            : throw new ArgumentOutOfRangeException(parameter, value, $"{owner}: {parameter} must be {least} or more (was {value}).");

    public static double Between(double low, double high, double value, string owner, string parameter) =>
        value >= low && value <= high
            ? value
            : throw new ArgumentOutOfRangeException(
                parameter, value, FormattableString.Invariant($"{owner}: {parameter} must be from {low} to {high} (was {value})."));
}
