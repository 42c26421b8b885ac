using System.Buffers;
using System.Security.Cryptography;
using Shoal.Wire;

namespace Shoal.Caching;

/// <summary>What became of the search for an entry.</summary>
internal enum Lookup
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>There was one that nobody wrote so, or that this program cannot read.</summary>
    Damaged,

    /// <summary>Here it is.</summary>
    Found,
}

/// <summary>
/// One result as a file: a mark with the version, the key, the hash of the rest, and the wire format's bytes. Written whole under another name, then renamed:
/// a reader, in whatever process, finds all of it or nothing.
/// </summary>
internal static class CacheFile
{
    /// <summary>The version of the entries; another one is another key.</summary>
    public const int Version = 1;

    /// <summary>How names of files that are being written end.</summary>
    public const string Unfinished = ".new";

    /// <summary>How names of entries end.</summary>
    public const string Ending = ".result";

    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int HeaderBytes = 8 + 2 * HashBytes;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    private static ReadOnlySpan<byte> Mark => "SHOALC\u0001\n"u8;

    /// <summary>The file of a key: in one of 256 folders, by its first digits.</summary>
    public static string PathOf(string folder, Digest key)
    {
        var name = key.ToString();
        return Path.Combine(folder, name[..2], name + Ending);
    }

    /// <summary>Reads an entry. Nothing that is wrong with it throws.</summary>
    public static Lookup TryRead<R>(string folder, Digest key, out R? result)
    {
        result = default;
        try
        {
            var bytes = File.ReadAllBytes(PathOf(folder, key));
            if (!IsWhole(bytes, key))
                return Lookup.Damaged;
            result = WireFormat.Read<R>(bytes.AsMemory(HeaderBytes));
            return Lookup.Found;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Lookup.Absent;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or ShoalException)
        {
            return Lookup.Damaged;
        }
    }

    /// <summary>Stores a result; where there is no room or no right to, it is not stored.</summary>
    /// <exception cref="ArgumentException">The result cannot travel, so that it cannot be stored either.</exception>
    public static void Write<R>(string folder, Digest key, R result)
    {
        var bytes = new ArrayBufferWriter<byte>();
        WireFormat.Write(bytes, result, "result");
        var file = PathOf(folder, key);
        var unfinished = $"{file}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            CreateFolder(Path.GetDirectoryName(file)!);
            WriteWhole(unfinished, key, bytes.WrittenSpan);
            File.Move(unfinished, file, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Remove(unfinished);
        }
    }

    /// <summary>Makes a folder that is its owner's alone.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateFolder);
    }

    /// <summary>Removes a file if it can be removed: somebody else may have been faster.</summary>
    public static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It stays, and counts, until it can be removed.
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes, Digest key)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Mark) || Digest.Of(bytes[Mark.Length..]) != key)
            return false;
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(bytes[HeaderBytes..], hash);
        return hash.SequenceEqual(bytes.Slice(Mark.Length + HashBytes, HashBytes));
    }

    private static void WriteWhole(string file, Digest key, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        Mark.CopyTo(header);
        key.CopyTo(header[Mark.Length..]);
        SHA256.HashData(payload, header[(Mark.Length + HashBytes)..]);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFile;
        using var stream = new FileStream(file, options);
        stream.Write(header);
        stream.Write(payload);
    }
}
