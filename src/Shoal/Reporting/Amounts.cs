using System.Globalization;

namespace Shoal.Reporting;

/// <summary>Times, sizes and counts as people read them: three digits that count, and a unit.</summary>
internal static class Amounts
{
    private static readonly string[] Seconds = ["ns", "µs", "ms", "s"];
    private static readonly string[] Sizes = ["B", "kB", "MB", "GB", "TB"];

    public static string Of(TimeSpan time) => OfNanoseconds(time.TotalNanoseconds);

    public static string OfNanoseconds(double time) => time == 0 ? "0" : Scaled(time, Seconds);

    public static string OfBytes(long bytes) => bytes == 0 ? "0" : Scaled(bytes, Sizes);

    public static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun, whose plural ends in <c>s</c>.</summary>
    public static string Of(long count, string noun) => $"{Of(count)} {noun}{(count == 1 ? "" : "s")}";

    public static string OfShare(double share) => (100 * share).ToString(share is > 0 and < 0.01 ? "0.#" : "0", CultureInfo.InvariantCulture) + " %";

    public static string Digits(double value) => value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Scaled(double value, string[] units)
    {
        var unit = 0;
        // 999.7 would be written as 1000.
        for (; unit < units.Length - 1 && value >= 999.5; unit++)
            value /= 1000;
        return unit == 0 ? $"{value:0} {units[unit]}" : $"{Digits(value)} {units[unit]}";
    }
}
