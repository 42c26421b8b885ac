using System.Diagnostics;
using Shoal.Backends;

namespace Shoal.Dispatch;

/// <content>Carrying out what the dispatcher says.</content>
internal sealed partial class Driver
{
    private void CarryOut()
    {
        while (true)
        {
            Instruction next;
            ActiveCall? call;
            lock (_gate)
            {
                if (_executing)
                    return;
                if (!_dispatcher.TryNext(out next))
                {
                    if (_fed.Count > 0 && FindStarving())
                        continue;
                    ArmTimer();
                    return;
                }

                _executing = true;
                _calls.TryGetValue(next.Call, out call);
                if (next.Kind == InstructionKind.Complete && _calls.Remove(next.Call))
                {
                    _fed.Remove(call!);
                    _accounts.CallEnded(Now, call!.Job.Streams);
                }
            }

            try
            {
                CarryOut(next, call);
            }
            catch (Exception error)
            {
                // A fault of a back end or of the pool itself must not leave a caller waiting.
                lock (_gate)
                    _dispatcher.Break(error);
            }
            finally
            {
                lock (_gate)
                    _executing = false;
            }
        }
    }

    private void CarryOut(in Instruction next, ActiveCall? call)
    {
        switch (next.Kind)
        {
            case InstructionKind.Start:
                Start(next.Worker, next.Incarnation);
                break;
            case InstructionKind.Send:
                _telemetry.BatchSent();
                Send(next, call);
                break;
            case InstructionKind.SendToCaller:
                if (call is not null)
                {
                    _telemetry.BatchSent();
                    _callerLane!().Prepare(Range(next, call));
                    call.OfferBatch(next);
                }

                break;
            case InstructionKind.Cancel:
                Cancel(next);
                break;
            case InstructionKind.TakeBack or InstructionKind.TakeHalf:
                TakeBack(next, half: next.Kind == InstructionKind.TakeHalf);
                break;
            case InstructionKind.Stop:
                Stop(next.Worker);
                break;
            case InstructionKind.Kill:
                _backend.Stop(next.Worker, kill: true);
                break;
            case InstructionKind.Take:
                call?.OfferInput(next.Count);
                break;
            case InstructionKind.Release:
                call?.Job.Release(next.Start, next.Count);
                break;
            case InstructionKind.Complete:
                Complete(call, next.Error);
                break;
            case InstructionKind.Resize:
                _backend.Resize(next.Count);
                break;
            case InstructionKind.Ended:
                lock (_gate)
                    _accounts.Ended(Now);
                _ended.Set();
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Start(int worker, int incarnation)
    {
        lock (_gate)
            _accounts.Starts(Now, worker);
        var sink = new WorkerSink(this, incarnation);
        try
        {
            _backend.Start(worker, sink);
        }
        catch (Exception error)
        {
            sink.Lost(worker, new WorkerLoss { StartError = error });
        }
    }

    private void Send(in Instruction next, ActiveCall? call)
    {
        // A call that is over has no job here any more; its worker gets nothing and is told to be free.
        if (call is null)
        {
            Refuse(next, -1, new OperationCanceledException());
            return;
        }

        try
        {
            _backend.Send(next.Worker, Range(next, call));
        }
        catch (ItemRefusedException refusal)
        {
            Refuse(next, refusal.Index, refusal.InnerException ?? refusal);
        }
    }

    private static Batch Range(in Instruction next, ActiveCall call) => new(call.Job, next.Start, next.Count, next.Attempt) { Number = next.Batch };

    private static void Complete(ActiveCall? call, Exception? error)
    {
        if (call is null)
            return;
        try
        {
            if (error is null)
                call.Job.Progress?.End(call.Job.Taken);
        }
        catch (Exception thrown)
        {
            error = thrown;
        }

        call.Complete(error);
    }

    private void Refuse(in Instruction next, long index, Exception error)
    {
        lock (_gate)
            _dispatcher.Refused(Now, next.Worker, next.Batch, index, error);
    }

    private void Cancel(in Instruction next)
    {
        // The caller's lane and the worker's are one where the caller works in its place.
        if (next.Worker == 0 && _callerLane is not null)
            _callerLane().Cancel(next.Call);
        else
            _backend.Cancel(next.Worker, next.Call);
    }

    private void TakeBack(in Instruction next, bool half)
    {
        if (next.Worker == 0 && _callerLane is not null)
            ((IBackendSink)this).TakenBack(0, next.Batch, _callerLane().GiveBack(next.Batch, half));
        else
            _backend.TakeBack(next.Worker, next.Batch, half);
    }

    // Under the lock.
    private void ArmTimer()
    {
        var next = _dispatcher.NextDeadline;
        if (next == _timerAt)
            return;
        _timerAt = next;
        if (next == long.MaxValue)
        {
            _timer.Change(NotDue, NotDue);
            return;
        }

        var due = TimeSpan.FromTicks(Math.Max(0, next - Now));
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)), NotDue);
    }
}
