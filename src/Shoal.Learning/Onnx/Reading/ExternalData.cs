using System.Globalization;

namespace Shoal.Learning.Onnx;

/// <summary>Elements of a tensor in a file beside the model: read only from the model's own folder, and only as many bytes as the shape takes.</summary>
internal static class ExternalData
{
    private const string Cure = "Put the data file into the model's folder, or export the model in one file.";

    public static byte[] Read(OnnxFile file, List<ProtoRange> entries, string place, long bytes)
    {
        string? location = null;
        var (offset, length) = (0L, bytes);
        foreach (var entry in entries)
        {
            var (key, value) = ("", "");
            for (var reader = new ProtoReader(file, entry); reader.Next();)
            {
                if (reader.Field == 1)
                    key = reader.Text();
                else if (reader.Field == 2)
                    value = reader.Text();
                else
                    reader.Skip();
            }

            if (key == "location")
                location = value;
            else if (key == "offset")
                offset = Number(file, value, place);
            else if (key == "length")
                length = Number(file, value, place);
        }

        var path = Locate(file, location ?? "", place);
        if (length != bytes)
            throw file.Wrong($"{place} takes {bytes} bytes, but its external data are said to have {length}", Cure);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            if (offset > stream.Length || bytes > stream.Length - offset)
                throw file.Wrong($"{place} has {bytes} bytes of external data from {offset} on, but {path} has {stream.Length}", Cure);
            stream.Position = offset;
            var data = new byte[bytes];
            stream.ReadExactly(data);
            if (!BitConverter.IsLittleEndian)
                throw file.Wrong($"{place} has external data, which are not read on this kind of processor", "Export the model in one file.");
            return data;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(file.Path, $"the external data of {place} cannot be read: {ModelFileException.Quote(e.Message, 300)} {Cure}", inner: e);
        }
    }

    private static long Number(OnnxFile file, string text, string place) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw file.Wrong($"{place} has \"{ModelFileException.Quote(text)}\" as a position in external data", Cure);

    /// <summary>A plain relative path below the model's folder without links; anything else could show a file that is none of the model's business.</summary>
    private static string Locate(OnnxFile file, string location, string place)
    {
        var parts = location.Split('/', '\\');
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!;
        if (parts.Any(part => part.Length == 0 || part.Trim() is "" or "." or ".." || part.Any(c => char.IsControl(c) || c == ':')))
            throw file.Wrong($"{place} has external data at \"{ModelFileException.Quote(location)}\", outside the model's folder", Cure);
        var path = folder;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                throw file.Wrong($"{place} has external data at \"{ModelFileException.Quote(location)}\", which is a link", Cure);
        }

        return path;
    }
}
