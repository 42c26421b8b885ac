using System.Text.Json;

namespace Shoal.Learning.Tests;

/// <summary>The golden values under tests/data/golden, and where MNIST lies.</summary>
internal static class Golden
{
    public static string Root { get; } = FindRoot();

    public static SafeTensorsFile Tensors(string name) => SafeTensors.Read(Path.Combine(Root, "tests", "data", "golden", name + ".safetensors"));

    public static JsonElement Json(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "tests", "data", "golden", name + ".json"))).RootElement;

    public static float[] Singles(this SafeTensorsFile file, string name) => file.Tensors[name].ToSingles();

    public static int[] Sizes(this SafeTensorsFile file, string name) => [.. file.Tensors[name].Shape.Select(n => (int)n)];

    public static bool Has(this SafeTensorsFile file, string name) => file.Tensors.ContainsKey(name);

    /// <summary>|actual − expected| ≤ tolerance·max|expected| for every value.</summary>
    public static void ShouldBeNear(this float[] actual, float[] expected, double tolerance, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            ((double)Math.Abs(actual[i] - expected[i])).ShouldBeLessThanOrEqualTo(tolerance * largest, $"{what}[{i}]: {actual[i]} instead of {expected[i]}");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Shoal.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("No folder above the tests holds Shoal.slnx.");
    }
}
