using System.Text;

namespace Shoal.Learning;

/// <summary>A text file that grows by whole lines; it is open only while a line is written, so that no crash and no other program finds it half done.</summary>
internal sealed class LogFile(string name, string owner)
{
    /// <summary>The whole path.</summary>
    public string FullPath { get; } = string.IsNullOrWhiteSpace(name)
        ? throw new ArgumentException($"{owner}: give the file a name, as in training.log.", nameof(name))
        : Path.GetFullPath(name);

    /// <summary>Empties the file or creates it, with its folder; to append, cuts off a last line that was not finished.</summary>
    /// <returns>The first line of what stays, or null.</returns>
    public string? Begin(bool append)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        if (!append || !File.Exists(FullPath))
        {
            File.WriteAllBytes(FullPath, []);
            return null;
        }

        var content = File.ReadAllBytes(FullPath);
        var whole = Array.LastIndexOf(content, (byte)'\n') + 1;
        if (whole < content.Length)
        {
            using var stream = new FileStream(FullPath, FileMode.Open, FileAccess.Write, FileShare.Read);
            stream.SetLength(whole);
        }

        var first = Array.IndexOf(content, (byte)'\n');
        return first < 0 ? null : Encoding.UTF8.GetString(content, 0, first).TrimEnd('\r');
    }

    public void Add(string line) => Add(Encoding.UTF8.GetBytes(line));

    public void Add(ReadOnlySpan<byte> line)
    {
        using var stream = new FileStream(FullPath, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write([.. line, (byte)'\n']);
    }
}
