using System.Collections;

namespace Shoal.Calls;

/// <summary>The one enumerator of a stream, for <c>foreach</c> and <c>await foreach</c>. The call begins with the first result that is asked for.</summary>
/// <param name="begin">Begins the call.</param>
/// <param name="ended">Is told when nothing more comes, and whether that is the stream's end or error rather than a reader that left.</param>
/// <param name="cancel">The reader's own token.</param>
internal sealed class StreamReader<R>(Func<CancellationToken, StreamCall<R>> begin, Action<bool> ended, CancellationToken cancel) : IEnumerator<R>, IAsyncEnumerator<R>
{
    private StreamCall<R>? _call;
    private R? _current;
    private bool _over;

    public R Current => _current!;

    object? IEnumerator.Current => _current;

    public bool MoveNext()
    {
        if (_over)
            return false;
        try
        {
            _call ??= begin(cancel);
            if (_call.TryTake(out _current))
                return true;
        }
        catch
        {
            End(complete: true);
            throw;
        }

        End(complete: true);
        return false;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        if (_over)
            return false;
        try
        {
            _call ??= begin(cancel);
            (var taken, _current) = await _call.TakeAsync().ConfigureAwait(false);
            if (taken)
                return true;
        }
        catch
        {
            await EndAsync(complete: true).ConfigureAwait(false);
            throw;
        }

        await EndAsync(complete: true).ConfigureAwait(false);
        return false;
    }

    public void Reset() => throw new NotSupportedException("A stream is read once. Call the verb again for another.");

    public void Dispose()
    {
        if (!_over)
            End(complete: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_over)
            await EndAsync(complete: false).ConfigureAwait(false);
    }

    private void End(bool complete)
    {
        (_over, _current) = (true, default);
        _call?.End();
        ended(complete);
    }

    private async ValueTask EndAsync(bool complete)
    {
        (_over, _current) = (true, default);
        if (_call is not null)
            await _call.EndAsync().ConfigureAwait(false);
        ended(complete);
    }
}
