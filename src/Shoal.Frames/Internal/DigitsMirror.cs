using System.IO.Compression;
using System.Security.Cryptography;

namespace Shoal.Frames.Internal;

/// <summary>Brings the files that the cache folder lacks from a mirror: each one whole and with the right checksum, or not at all.</summary>
internal static class DigitsMirror
{
    private const string Unfinished = ".part";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Downloads what is missing.</summary>
    /// <returns>Null where the folder is complete afterwards, else why it is not, without the full stop.</returns>
    public static async Task<string?> CompleteAsync(DigitsOptions options, CancellationToken cancel)
    {
        var missing = DigitsFolder.Missing(options.CacheFolder);
        if (missing.Count == 0)
            return null;

        try
        {
            Directory.CreateDirectory(options.CacheFolder);
            RemoveAbandoned(options.CacheFolder);
            using var handler = new SocketsHttpHandler { ConnectTimeout = options.AnswerTimeout };
            using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            foreach (var file in missing)
            {
                if (await DownloadAsync(client, file, options, cancel).ConfigureAwait(false) is { } failure)
                    return failure;
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{options.CacheFolder} cannot be written: {OneLine(error)}";
        }
    }

    private static async Task<string?> DownloadAsync(HttpClient client, MnistFile file, DigitsOptions options, CancellationToken cancel)
    {
        var address = new Uri(options.MirrorAddress, file.PackedName);
        var target = Path.Combine(options.CacheFolder, file.PackedName);
        var unfinished = $"{target}.{Environment.ProcessId}{Unfinished}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            if (await FetchAsync(client, address, unfinished, file, options, patience).ConfigureAwait(false) is { } failure)
                return failure;
            if (await CheckAsync(unfinished, file, cancel).ConfigureAwait(false) is { } mismatch)
                return $"{address}: {mismatch}";

            File.Move(unfinished, target, overwrite: true);
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{address}: no answer within {options.AnswerTimeout.TotalSeconds:0.###} s";
        }
        catch (HttpRequestException error)
        {
            return $"{address}: {OneLine(error)}";
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static async Task<string?> FetchAsync(HttpClient client, Uri address, string destination, MnistFile file, DigitsOptions options, CancellationTokenSource patience)
    {
        patience.CancelAfter(options.AnswerTimeout);
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            return $"{address}: answered {(int)response.StatusCode} {response.ReasonPhrase}";

        var body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        await using var bodyScope = body.ConfigureAwait(false);
        var output = new FileStream(destination, FileMode.Create, FileAccess.Write, FileShare.None);
        await using var outputScope = output.ConfigureAwait(false);

        var piece = new byte[1 << 16];
        while (true)
        {
            patience.CancelAfter(options.AnswerTimeout);
            int read;
            try
            {
                read = await body.ReadAsync(piece, patience.Token).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                return $"{address}: the answer broke off after {output.Position} bytes ({OneLine(error)})";
            }

            if (read == 0)
            {
                output.Flush(flushToDisk: true);
                return null;
            }

            // A packed file is never larger than its content, but for a few bytes: an endless answer must not fill the disk.
            await output.WriteAsync(piece.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            if (output.Position > file.Bytes + piece.Length)
                return $"{address}: more than the {file.Bytes} bytes of the unpacked file arrived";
            options.Progress?.Report(new DownloadProgress(file.PackedName, output.Position, response.Content.Headers.ContentLength));
        }
    }

    private static async Task<string?> CheckAsync(string path, MnistFile file, CancellationToken cancel)
    {
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var packed = File.OpenRead(path);
        await using var packedScope = packed.ConfigureAwait(false);
        var content = new GZipStream(packed, CompressionMode.Decompress);
        await using var contentScope = content.ConfigureAwait(false);

        var piece = new byte[1 << 16];
        try
        {
            for (var size = 0L; size <= file.Bytes;)
            {
                var read = await content.ReadAsync(piece, cancel).ConfigureAwait(false);
                if (read == 0)
                    break;
                checksum.AppendData(piece, 0, read);
                size += read;
            }
        }
        catch (InvalidDataException)
        {
            return "what arrived is no gzip file, or a damaged one";
        }

        var found = Convert.ToHexString(checksum.GetHashAndReset());
        return found == file.Sha256 ? null : $"wrong checksum: SHA-256 of the unpacked content is {found}, expected {file.Sha256}";
    }

    private static void RemoveAbandoned(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*" + Unfinished))
        {
            if (TimeProvider.System.GetUtcNow() - file.LastWriteTimeUtc > Abandoned)
                file.Delete();
        }
    }

    private static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
