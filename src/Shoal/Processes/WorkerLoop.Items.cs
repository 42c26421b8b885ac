using System.Buffers;
using Shoal.Calls;
using Shoal.Wire;

namespace Shoal.Processes;

/// <content>Running the items of a batch, and what is said of each.</content>
internal sealed partial class WorkerLoop
{
    // Whether to go on.
    private bool RunEach(int call, long index, int count, int attempt, Frame frame, bool first, bool last, CancellationToken cancel)
    {
        var packed = frame.Kind == FrameKind.Items;
        ReadOnlyMemory<byte> items = packed ? frame.Body[sizeof(int)..] : frame.Body;
        for (var end = index + count; index < end; index++)
        {
            if (!first && _link.Running is { } words && !words.Next(index))
            {
                SendCut(index);
                return false;
            }
            first = false;
            var isLast = last && index + 1 == end;
            var goesOn = RunItem(call, index, attempt, ref items, packed, isLast, cancel);
            // Whoever reads the results looks every few milliseconds; only the end of the batch is news.
            var ends = !goesOn || isLast;
            if (ends)
                LookAtMemory();
            Flush(wake: ends);
            if (!goesOn)
                return false;
        }
        return true;
    }

    // Items and results that lie side by side: without a frame for each. Whether to go on.
    private bool RunBlock(CallRunner runner, long index, int count, int attempt, ReadOnlySpan<byte> items, OpenResults open, bool last, CancellationToken cancel)
    {
        RunningItem running = _link.Running!.Value;
        for (var end = index + count; index < end;)
        {
            var most = (int)Math.Min(end - index, OpenResults.Bytes / Math.Max(1, runner.ResultBytes));
            Span<byte> results = open.Begin(index, runner.ResultBytes);
            // What such items take to be read and written counts as the function's.
            _clock.BeginBlock();
            _clock.HasRead();
            BlockRun run = runner.RunBlock(index, attempt, _number, ref items, most, results, running, cancel);
            _clock.HasRun();
            if (run.Done > 0)
            {
                _out.Begin(FrameKind.Results);
                _out.Int64(index);
                _out.Int32(run.Done);
                _out.Write(results[..run.Bytes]);
                _out.End();
            }
            index += run.Done;
            var goesOn = run.Error is null && (!run.LeftOver || WriteLeftOver(runner, index));
            if (run.Error is not null)
                WriteError(index, run.Error);
            else if (run.LeftOver)
                index++;
            _clock.End();
            bool isLast = last && index == end, ends = !goesOn || isLast;
            if (ends)
                LookAtMemory();
            // To send it may have to wait for a pool that is slow to read.
            _clock.Pause();
            Flush(wake: ends);
            open.End();
            if (!goesOn)
                return false;
            // At the very end there is nothing left to give back. Only now the next item is told: a result that was left over is not in the block.
            if (!isLast && (run.LeftOver ? !running.Next(index) : running.IsCut))
            {
                SendCut(index);
                return false;
            }
        }
        return true;
    }

    // The results before it are handed over first. Whether to go on.
    private bool WriteLeftOver(CallRunner runner, long index)
    {
        Flush(wake: false);
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            var done = runner.WriteLeftOver(_out);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            _out.Clear();
            WriteError(index, Named(error));
            return false;
        }
    }

    private bool RunItem(int call, long index, int attempt, ref ReadOnlyMemory<byte> items, bool packed, bool isLast, CancellationToken cancel)
    {
        TimesFrame? times = isLast && _link.Running is null ? new TimesFrame(_out) : null;
        _out.Begin(FrameKind.Result);
        _out.Int64(index);
        try
        {
            // Between items: a function that ignores its token stops here.
            cancel.ThrowIfCancellationRequested();
            var done = Runner(call).Run(index, attempt, _number, ref items, packed, _out, cancel);
            if (isLast || !done)
                _clock.Pause();
            times?.Fill(_clock);
            _out.End(done ? FrameKind.Result : FrameKind.Error);
            return done;
        }
        catch (Exception error)
        {
            // The definition could not be read, the result is longer than a frame (and part of it is written), or the batch was cancelled.
            _out.Clear();
            WriteError(index, Named(error));
            return false;
        }
    }

    private static Exception Named(Exception error) => error is FrameTooLongException ? new ArgumentException("The result cannot travel. " + error.Message, error) : error;

    private void SendCut(long index)
    {
        _out.Begin(FrameKind.Cut);
        _out.Int64(index);
        _out.End();
        Flush();
    }

    private void WriteError(long index, Exception error)
    {
        _out.Begin(FrameKind.Error);
        _out.Int64(index);
        WireFormat.WriteError(_out, error);
        _out.End();
    }
}
