using System.Globalization;

namespace Bench;

/// <summary>One figure a line: its name and its value.</summary>
internal static class Report
{
    public static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:F3}"));
}
