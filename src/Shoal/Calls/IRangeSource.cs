namespace Shoal.Calls;

/// <summary>Where the reader of a stream gets finished results from: ranges of the call's items. For one reader.</summary>
internal interface IRangeSource
{
    /// <summary>Waits for the next finished range; its count is 0 at the end. Throws what the call throws.</summary>
    (long Start, int Count) Next();

    /// <summary>As <see cref="Next"/>, without holding up a thread.</summary>
    ValueTask<(long Start, int Count)> NextAsync();

    /// <summary>The reader took so many results more.</summary>
    void Read(int count);

    /// <summary>The reader is gone, or at the end: what still runs is cancelled, and the input's enumeration ended.</summary>
    void End();

    /// <summary>As <see cref="End"/>, without holding up a thread.</summary>
    ValueTask EndAsync();
}
