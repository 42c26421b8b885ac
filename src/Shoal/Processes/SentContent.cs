using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>A large array that a worker was sent with a function.</summary>
/// <param name="number">What functions in the worker find it by.</param>
/// <param name="key">What is in it, where the worker keeps it for later calls; none where it is for one call.</param>
/// <param name="bytes">Its size.</param>
/// <param name="file">Where the worker maps it; none where it goes through the lane.</param>
internal sealed class SentContent(long number, ContentKey? key, long bytes, FiledContent? file = null) : IBlockCheck
{
    private readonly List<UInt128> _digests = [];
    private volatile bool _isWhole = file is not null;

    /// <summary>What functions in the worker find it by.</summary>
    public long Number => number;

    /// <summary>What is in it.</summary>
    public ContentKey? Key => key;

    /// <summary>Its size.</summary>
    public long Bytes => bytes;

    /// <summary>Where the worker maps it.</summary>
    public FiledContent? File => file;

    /// <summary>The calls whose functions the worker holds and that need it.</summary>
    public List<int> Calls { get; } = [];

    /// <summary>Where it is in this process, until it is sent.</summary>
    public Array? Array { get; set; }

    /// <summary>Its first byte there.</summary>
    public long Offset { get; init; }

    /// <summary>When it was last needed, counted in definitions.</summary>
    public long LastUse { get; set; }

    /// <summary>Whether the worker was sent just what the key says: the array might have changed between the hash and the copy.</summary>
    public bool IsWhole => _isWhole;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> part) => _digests.Add(ContentHash.Part(part));

    /// <inheritdoc/>
    public void Complete() => _isWhole = key is { } wanted && ContentHash.Combine(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_digests)) == wanted.Hash;
}

/// <summary>What an array holds.</summary>
/// <param name="Type">The number of its type.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Hash">The hash of its memory.</param>
internal readonly record struct ContentKey(int Type, long Bytes, UInt128 Hash);
