namespace Shoal.Learning;

/// <summary>A model file that cannot be read or written as asked: the message is one line with the file, the place in it, and what to do.</summary>
public sealed class ModelFileException : ShoalException
{
    private const int LongestQuote = 80;

    internal ModelFileException(string path, string problem, string? tensor = null, long? offset = null, Exception? inner = null)
        : base($"{Quote(path, int.MaxValue)}: {problem}", inner) => (Path, Tensor, Offset) = (path, tensor, offset);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensor where the problem is, if it is in one.</summary>
    public string? Tensor { get; }

    /// <summary>The position in the file in bytes, where one is known.</summary>
    public long? Offset { get; }

    /// <summary>Text from a file, made fit for one line: control characters replaced, cut to a length.</summary>
    internal static string Quote(string text, int longest = LongestQuote)
    {
        var cut = text.Length > longest ? string.Concat(text.AsSpan(0, longest), "…") : text;
        return string.Create(cut.Length, cut, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
        });
    }
}
