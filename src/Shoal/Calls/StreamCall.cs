namespace Shoal.Calls;

/// <summary>A call whose results are read one by one. For one reader.</summary>
/// <param name="job">The call.</param>
/// <param name="ranges">Its finished ranges.</param>
/// <param name="ended">Is told at the end whether the results were read to it without an error, and the error, if there was one.</param>
internal sealed class StreamCall<R>(IResults<R> job, IRangeSource ranges, Action<bool, Exception?> ended)
{
    private long _next;
    private int _left;
    private int _read;
    private bool _atEnd;
    private Exception? _error;

    /// <summary>Waits for the next result; false at the end. Throws what the call throws when its place has come.</summary>
    public bool TryTake(out R? result)
    {
        try
        {
            if (_left == 0)
                (_next, _left) = ranges.Next();
            return TakeOne(out result);
        }
        catch (Exception error)
        {
            _error = error;
            throw;
        }
    }

    /// <summary>As <see cref="TryTake"/>, without holding up a thread.</summary>
    public async ValueTask<(bool Taken, R? Result)> TakeAsync()
    {
        try
        {
            if (_left == 0)
                (_next, _left) = await ranges.NextAsync().ConfigureAwait(false);
            return (TakeOne(out var result), result);
        }
        catch (Exception error)
        {
            _error = error;
            throw;
        }
    }

    /// <summary>Ends what still runs.</summary>
    public void End()
    {
        ranges.End();
        ended(_atEnd, _error);
    }

    /// <summary>As <see cref="End"/>, without holding up a thread.</summary>
    public async ValueTask EndAsync()
    {
        await ranges.EndAsync().ConfigureAwait(false);
        ended(_atEnd, _error);
    }

    private bool TakeOne(out R? result)
    {
        result = default;
        if (_left == 0)
        {
            _atEnd = true;
            return false;
        }

        result = job.TakeResult(_next++);
        _read++;
        // A range is told as a whole: the pool is not asked for each item.
        if (--_left == 0)
        {
            ranges.Read(_read);
            _read = 0;
        }

        return true;
    }
}

/// <summary>Results that are taken one by one.</summary>
internal interface IResults<out R>
{
    /// <summary>Gives a result that is done, once, and drops it.</summary>
    R TakeResult(long index);
}
