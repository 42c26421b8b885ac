namespace Shoal.Learning;

/// <summary>Independent keys for <see cref="Philox"/> from one seed, so that no two uses of random numbers share a stream.</summary>
internal static class Seeds
{
    public enum Use
    {
        Parameter = 1,
        Dropout = 2,
        Shuffle = 3,
        Augmentation = 4,
    }

    public static ulong For(ulong seed, Use use, int number = 0)
    {
        var (high, low, _, _) = Philox.Draw(seed, (ulong)number, (ulong)use);
        return ((ulong)high << 32) | low;
    }
}
