using Shoal.Calls;

namespace Shoal.Dispatch;

/// <summary>The finished ranges of a call that the dispatcher runs while they are read.</summary>
internal sealed class CallRanges : IRangeSource
{
    // An input may block for as long as it likes: then its own thread ends the enumeration when it comes back.
    private static readonly TimeSpan InputLimit = TimeSpan.FromSeconds(1);

    private readonly Driver _driver;
    private readonly ActiveCall _call;
    private readonly CallControl _control;
    private readonly ResultQueue _queue;

    public CallRanges(Driver driver, PoolJob job, CallControl control, bool ordered)
    {
        (_driver, _control) = (driver, control);
        job.Reading = _queue = new ResultQueue(control, ordered);
        _call = driver.Begin(job, control, _queue.End);
    }

    public (long Start, int Count) Next()
    {
        if (_queue.TryNext(out var range))
            return range;
        using var interrupts = Interrupts.Watch(_control);
        _driver.ReaderWaits(true);
        try
        {
            while (!_queue.TryNext(out range))
                _queue.More().Wait();
            return range;
        }
        finally
        {
            _driver.ReaderWaits(false);
        }
    }

    public async ValueTask<(long Start, int Count)> NextAsync()
    {
        if (_queue.TryNext(out var range))
            return range;
        _driver.ReaderWaits(true);
        try
        {
            while (!_queue.TryNext(out range))
                await _queue.More().ConfigureAwait(false);
            return range;
        }
        finally
        {
            _driver.ReaderWaits(false);
        }
    }

    public void Read(int count) => _driver.Read(_call.Job.Call, count);

    public void End()
    {
        Stop();
        _queue.Over.Wait();
        _call.InputClosed.Wait(InputLimit);
    }

    public async ValueTask EndAsync()
    {
        Stop();
        await _queue.Over.ConfigureAwait(false);
        await Task.WhenAny(_call.InputClosed, Task.Delay(InputLimit)).ConfigureAwait(false);
    }

    private void Stop()
    {
        if (!_queue.Over.IsCompleted)
            _control.Stop(new OperationCanceledException("The stream was left before its end."), soon: false);
    }
}
