using System.Security.Cryptography;

namespace Shoal.Frames.Internal;

/// <summary>Reads the four IDX files of a folder.</summary>
internal static class DigitsFolder
{
    private const int CountOffset = 4;
    private const int LabelsStart = 8;

    /// <summary>The files that the folder does not hold.</summary>
    public static IReadOnlyList<MnistFile> Missing(string folder) => [.. MnistFile.All.Where(file => file.FindIn(folder) is null)];

    public static Digits Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new IdxException(folder, 0, $"{folder}: there is no such folder. Name a folder that holds the four MNIST files.");

        var missing = Missing(folder);
        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing.Select(file => file.PackedName));
            throw new IdxException(Path.Combine(folder, missing[0].PackedName), 0, $"{folder}: {names} not found, packed or unpacked. Put the missing {(missing.Count == 1 ? "file" : "files")} there, or name another folder.");
        }

        var train = ReadPart(folder, MnistFile.TrainImages, MnistFile.TrainLabels);
        var test = ReadPart(folder, MnistFile.TestImages, MnistFile.TestLabels);
        return new Digits { Name = NameOf(folder, test), Train = train, Test = test, Source = folder };
    }

    private static DigitImages ReadPart(string folder, MnistFile imagesFile, MnistFile labelsFile)
    {
        var imagesPath = imagesFile.FindIn(folder) ?? Path.Combine(folder, imagesFile.PackedName);
        var labelsPath = labelsFile.FindIn(folder) ?? Path.Combine(folder, labelsFile.PackedName);
        var images = Idx.Read(imagesPath, rank: 3);
        var labels = Idx.Read(labelsPath, rank: 1);

        if (images.Shape[1] != DigitImages.Side || images.Shape[2] != DigitImages.Side)
        {
            throw new IdxException(imagesPath, CountOffset + 4, $"{imagesPath}: at byte {CountOffset + 4}, images of {images.Shape[1]}×{images.Shape[2]} pixels, "
                + $"expected {DigitImages.Side}×{DigitImages.Side}. Name a folder of digits in the form of MNIST.");
        }

        if (images.Shape[0] != labels.Shape[0])
        {
            throw new IdxException(labelsPath, CountOffset, $"{labelsPath}: at byte {CountOffset}, {labels.Shape[0]} labels, expected {images.Shape[0]}, "
                + $"the number of images in {Path.GetFileName(imagesPath)}. Get both files from the same source.");
        }

        if (labels.Shape[0] == 0)
            throw new IdxException(labelsPath, CountOffset, $"{labelsPath}: at byte {CountOffset}, 0 labels, expected 1 or more. Get the file again.");

        var bad = labels.Values.Span.IndexOfAnyExceptInRange((byte)0, (byte)(DigitImages.Classes - 1));
        if (bad >= 0)
        {
            throw new IdxException(labelsPath, LabelsStart + bad, $"{labelsPath}: at byte {LabelsStart + bad}, label {labels.Values.Span[bad]}, "
                + $"expected 0 to {DigitImages.Classes - 1}. Name a folder of digits in the form of MNIST.");
        }

        return new DigitImages(images.Values, labels.Values);
    }

    // Other sets come in the same four files: the real digits are told by the checksum of the test labels, the smallest file.
    private static string NameOf(string folder, DigitImages test)
    {
        Span<byte> header = [0, 0, 8, 1, (byte)(test.Count >> 24), (byte)(test.Count >> 16), (byte)(test.Count >> 8), (byte)test.Count];
        var checksum = Convert.ToHexString(SHA256.HashData([.. header, .. test.Labels]));
        return checksum == MnistFile.TestLabels.Sha256 ? "mnist" : new DirectoryInfo(folder).Name;
    }
}
