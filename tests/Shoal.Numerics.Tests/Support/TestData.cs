namespace Shoal.Numerics.Tests;

/// <summary>Files under tests/data.</summary>
internal static class TestData
{
    public static string PathOf(params string[] parts) => Path.Combine([FindRoot(), "tests", "data", .. parts]);

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
