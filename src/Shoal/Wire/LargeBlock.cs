namespace Shoal.Wire;

/// <summary>Where the elements of a large array are: a byte before them says so.</summary>
internal static class LargeBlock
{
    /// <summary>From this size on a block has the byte. Smaller ones are in the message: beside its own cost theirs is small.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Here, in the message.</summary>
    public const byte Here = 0;

    /// <summary>In the lane: 64 bits follow, the position.</summary>
    public const byte Lane = 1;

    /// <summary>The worker has them already: 64 bits follow, the number of the content.</summary>
    public const byte Content = 2;
}

/// <summary>An output that may have another place for large blocks than the message.</summary>
internal interface IBlockOutput
{
    /// <summary>The other place; none where the message has to hold everything.</summary>
    IBlockPlaces? Places { get; }
}

/// <summary>A place for large blocks beside a message.</summary>
internal interface IBlockPlaces
{
    /// <summary>Whether the elements of this array may go there.</summary>
    bool Takes(Array array);

    /// <summary>A complete message refers to this block; it is copied later.</summary>
    /// <param name="array">The array.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="isOnlyRead">Whether the functions of the message only read elements of its kind.</param>
    /// <returns>The byte and the number that the reader finds it by.</returns>
    (byte Place, long Number) Add(Array array, long offset, long count, bool isOnlyRead);
}

/// <summary>Where the reader of a message finds the large blocks that are not in it.</summary>
internal interface IBlockSource
{
    /// <summary>Copies a block out of the lane.</summary>
    /// <exception cref="InvalidDataException">There is no such block.</exception>
    void Read(long position, ref byte destination, long count);

    /// <summary>The array with a content.</summary>
    /// <exception cref="InvalidDataException">There is none with this number.</exception>
    Array Content(long number);
}

/// <summary>The source of the messages that this thread reads.</summary>
internal static class BlockSource
{
    [ThreadStatic]
    private static IBlockSource? _current;

    /// <summary>The source; none where messages hold everything.</summary>
    public static IBlockSource? Current
    {
        get => _current;
        set => _current = value;
    }
}
