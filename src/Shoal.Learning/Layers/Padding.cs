namespace Shoal.Learning;

/// <summary>What a window sees beyond the edge of an image.</summary>
public enum Padding
{
    /// <summary>Nothing: the window stays inside, output ⌊(n−k)/stride⌋ + 1.</summary>
    Valid,

    /// <summary>Padding, the smaller half first, so that the output is ⌈n/stride⌉; zeros for a convolution, never a maximum for pooling.</summary>
    Same,
}
