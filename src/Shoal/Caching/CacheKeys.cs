using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Shoal.Calls;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Caching;

/// <summary>The keys of one call: all that the results can depend on, as far as the program can know. Not thread-safe.</summary>
/// <remarks>
/// The key of the call holds the version of the entries, the runtime, the culture, the salt, the initializer and the function with its captured values and the
/// static fields that it reads, and the build of every assembly that these can reach; for a function with a context also the seed. The key of
/// an item adds its bytes, the builds that its types bring, and for a function with a context its index.
/// </remarks>
internal sealed class CacheKeys : IDisposable
{
    private static readonly FunctionOptions Options = FunctionOptions.Default with { IsKey = true };

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashingWriter _output;
    private readonly HashSet<Assembly> _known = [];
    private readonly HashSet<Assembly> _named = [];
    private readonly byte[] _call;
    private readonly bool _isIndexed;

    private CacheKeys(Delegate function, Action? initializer, string salt, long? seed)
    {
        _isIndexed = seed is not null;
        _output = new HashingWriter(_hash);
        var culture = CultureInfo.CurrentCulture;
        Add($"{CacheFile.Version} {WireFormat.Version} {Environment.Version} {culture.Name} {CultureInfo.CurrentUICulture.Name} {seed} {salt.Length}:{salt}");
        if (initializer is not null)
            Add(initializer, "initializer");
        Add(function, "function");
        foreach (var part in function.GetInvocationList())
            _named.Add(part.Method.Module.Assembly);
        AddBuilds();
        _call = _hash.GetHashAndReset();
        _known.UnionWith(_named);
    }

    /// <summary>The keys of a call.</summary>
    /// <exception cref="ArgumentException">The function cannot travel, so that there are no bytes to tell it by.</exception>
    public static CacheKeys Of<T, R>(Function<T, R> function, Action? initializer, string salt, long seed)
        => new(function.Target, initializer, salt, function.TakesContext ? seed : null);

    /// <summary>The key of one item.</summary>
    /// <exception cref="ArgumentException">The item cannot travel.</exception>
    public Digest Of<T>(T item, long index)
    {
        _hash.AppendData(_call);
        if (_isIndexed)
            Add(string.Create(CultureInfo.InvariantCulture, $"{index}"));
        _named.Clear();
        Add(item, "item");
        _named.ExceptWith(_known);
        AddBuilds();
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(key);
        return Digest.Of(key);
    }

    public void Dispose() => _hash.Dispose();

    private void Add(string text)
    {
        _hash.AppendData(BitConverter.GetBytes(text.Length));
        _hash.AppendData(Encoding.Unicode.GetBytes(text));
    }

    private void Add<T>(T value, string name) => WireFormat.Write(_output, value, name, Options, _named);

    private void AddBuilds()
    {
        foreach (var builds in _named.Select(Builds.Of).Order(StringComparer.Ordinal))
            Add(builds);
    }
}
