namespace Shoal.Functions;

/// <summary>Arrays whose elements a function may write, by the bytes of an element.</summary>
[Flags]
internal enum ElementSizes
{
    /// <summary>No array.</summary>
    None = 0,

    /// <summary>Elements of 1 byte.</summary>
    One = 1,

    /// <summary>Of 2.</summary>
    Two = 2,

    /// <summary>Of 4.</summary>
    Four = 4,

    /// <summary>Of 8.</summary>
    Eight = 8,

    /// <summary>Of any other number.</summary>
    Other = 16,

    /// <summary>Any array: it may also be kept somewhere after the call.</summary>
    Any = One | Two | Four | Eight | Other,
}
