namespace Shoal.Tests;

/// <summary>Looks for descriptors that an action leaves open, while other tests open and close theirs.</summary>
internal static class OpenDescriptors
{
    private const int Rounds = 10;

    /// <summary>By how many descriptors the process grew when an action ran, the least of several rounds; a leak grows in every one.</summary>
    /// <param name="action">What may leak.</param>
    /// <param name="enough">A growth below this ends the search.</param>
    public static int LeastGrowth(Action action, int enough)
    {
        var least = int.MaxValue;
        for (var round = 0; round < Rounds && least >= enough; round++)
        {
            var before = Count();
            action();
            least = Math.Min(least, Count() - before);
        }

        return least;
    }

    private static int Count() => Directory.GetFiles("/proc/self/fd").Length;
}
