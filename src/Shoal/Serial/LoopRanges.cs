using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The finished ranges of a loop that goes on when its reader asks: nothing runs, and nothing is taken, in between.</summary>
/// <param name="steps">The loop's steps.</param>
/// <param name="around">What is to be done around each step.</param>
/// <param name="ended">What is to be done at the end, once.</param>
internal sealed class LoopRanges(IEnumerator<(long Start, int Count)> steps, Func<Func<bool>, bool>? around = null, Action? ended = null) : IRangeSource
{
    private bool _ended;

    public (long Start, int Count) Next() => (around is null ? steps.MoveNext() : around(steps.MoveNext)) ? steps.Current : default;

    public ValueTask<(long Start, int Count)> NextAsync() => new(Next());

    public void Read(int count)
    {
    }

    public void End()
    {
        if (_ended)
            return;
        _ended = true;
        steps.Dispose();
        ended?.Invoke();
    }

    public ValueTask EndAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }
}
