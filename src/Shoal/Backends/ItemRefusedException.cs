using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>A function or an item that cannot travel to a worker; the inner exception is what the caller sees.</summary>
[Experimental("SHOAL001")]
public sealed class ItemRefusedException : ShoalException
{
    /// <summary>The refusal of one item, or of the function.</summary>
    /// <param name="index">The item, or −1 for the function.</param>
    /// <param name="error">What the caller sees.</param>
    public ItemRefusedException(long index, Exception error)
        : base(error.Message, error) => Index = index;

    /// <summary>The item, or −1 for the function.</summary>
    public long Index { get; }
}
