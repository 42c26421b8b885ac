using System.Globalization;

namespace Shoal;

/// <summary>Where a pool keeps results, and how many. Immutable.</summary>
public sealed record CacheOptions
{
    /// <summary>The folder, made where it is not there. Programs that name the same folder share it, at the same time too.</summary>
    /// <remarks>Whoever can write there decides what calls return: a folder that others may write to is refused.</remarks>
    public required string Folder { get; init; }

    /// <summary>How many bytes the folder may hold. Beyond, the results that were not used for the longest time are removed.</summary>
    /// <value>1 GiB. It may be passed by a sixteenth for each program that writes.</value>
    public long LimitInBytes { get; init; } = 1L << 30;

    /// <summary>Becomes part of every key: change it when something else changed that the results depend on, such as a data file or a service.</summary>
    /// <value>Empty.</value>
    public string Salt { get; init; } = "";

    internal CacheOptions Validated()
    {
        List<string>? problems = null;
        if (string.IsNullOrEmpty(Folder))
            (problems ??= []).Add("Folder must name a folder (was empty)");
        if (LimitInBytes < 1)
            (problems ??= []).Add(string.Create(CultureInfo.InvariantCulture, $"LimitInBytes must be 1 or more (was {LimitInBytes})"));
        if (Salt is null)
            (problems ??= []).Add("Salt must not be null; leave it empty for none");
        return problems is null ? this : throw new ArgumentException($"CacheOptions is not valid: {string.Join("; ", problems)}.");
    }
}
