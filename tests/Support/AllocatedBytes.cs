namespace Shoal.TestSupport;

/// <summary>Counts what warm code allocates on the calling thread.</summary>
/// <remarks>
/// A collection that another thread causes while the code runs counts the unused rest of this thread's allocation buffer, some hundred bytes that nobody asked for.
/// Code that allocates does so every time: the least of several rounds is what it allocates.
/// </remarks>
internal static class AllocatedBytes
{
    private const int Rounds = 5;

    /// <summary>The least number of bytes that one of five runs of <paramref name="step"/> allocates; the caller has warmed it up.</summary>
    public static long Least(Action step)
    {
        var marks = new long[Rounds + 1];
        marks[0] = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i <= Rounds; i++)
        {
            step();
            marks[i] = GC.GetAllocatedBytesForCurrentThread();
        }

        return Least(marks, steps: 1);
    }

    /// <summary>The least number of bytes in <paramref name="steps"/> steps that follow each other; <paramref name="marks"/> are readings of the thread's counter after each step.</summary>
    public static long Least(ReadOnlySpan<long> marks, int steps)
    {
        var least = long.MaxValue;
        for (var i = steps; i < marks.Length; i++)
            least = Math.Min(least, marks[i] - marks[i - steps]);
        return least;
    }
}
