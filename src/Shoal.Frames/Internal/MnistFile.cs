namespace Shoal.Frames.Internal;

/// <summary>One of the four files of MNIST: its name, and what its content is once unpacked.</summary>
/// <param name="Name">The name of the plain file; mirrors hold it with <c>.gz</c>.</param>
/// <param name="Bytes">The size of the unpacked content.</param>
/// <param name="Sha256">The checksum of the unpacked content: a mirror may pack it anew.</param>
internal sealed record MnistFile(string Name, long Bytes, string Sha256)
{
    public static MnistFile TrainImages { get; } = new("train-images-idx3-ubyte", 47_040_016, "BA891046E6505D7AADCBBE25680A0738AD16AEC93BDE7F9B65E87A2FC25776DB");

    public static MnistFile TrainLabels { get; } = new("train-labels-idx1-ubyte", 60_008, "65A50CBBF4E906D70832878AD85CCDA5333A97F0F4C3DD2EF09A8A9EEF7101C5");

    public static MnistFile TestImages { get; } = new("t10k-images-idx3-ubyte", 7_840_016, "0FA7898D509279E482958E8CE81C8E77DB3F2F8254E26661CEB7762C4D494CE7");

    public static MnistFile TestLabels { get; } = new("t10k-labels-idx1-ubyte", 10_008, "FF7BCFD416DE33731A308C3F266CC351222C34898ECBEAF847F06E48F7EC33F2");

    public static IReadOnlyList<MnistFile> All { get; } = [TrainImages, TrainLabels, TestImages, TestLabels];

    public string PackedName => Name + ".gz";

    /// <summary>The file in a folder, packed or not; null where it is missing.</summary>
    public string? FindIn(string folder) =>
        new[] { PackedName, Name, Name.Replace("-idx", ".idx", StringComparison.Ordinal) }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
