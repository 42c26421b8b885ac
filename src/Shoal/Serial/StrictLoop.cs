using System.Buffers;
using System.Runtime.ExceptionServices;
using Shoal.Backends;
using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The loop in which function, items and results go through the wire format: it finds on a laptop what a cluster would.</summary>
internal static class StrictLoop
{
    /// <summary>Runs all items as this lane; throws what the first failing one throws, or that it cannot travel.</summary>
    public static void Run(PoolJob job, Lane lane, CallControl control)
    {
        lane.Prepare(job.Call);
        using var link = control.Link((_, _) => lane.Cancel(job.Call));
        try
        {
            RunAll(job, lane, control);
        }
        catch (Exception) when (control.Error is not null)
        {
            ExceptionDispatchInfo.Throw(control.Error);
        }
        catch (ItemRefusedException refusal) when (refusal.InnerException is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
        }
        finally
        {
            if (job.Count is null)
                job.CloseInput();
        }

        job.Progress?.End(job.Taken);
    }

    private static void RunAll(PoolJob job, Lane lane, CallControl control)
    {
        var (sent, received) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        CallRunner? runner = null;
        for (long index = 0; job.Count is { } all ? index < all : job.TakeOne(); index++)
        {
            if (runner is null)
            {
                var definition = new ArrayBufferWriter<byte>();
                job.WriteDefinition(definition);
                runner = CallRunner.Read(definition.WrittenMemory);
            }

            sent.ResetWrittenCount();
            received.ResetWrittenCount();
            job.WriteItem(index, sent);
            var succeeded = RunOne(runner, index, lane, sent, received);
            if (lane.Stop.Raised)
                ExceptionDispatchInfo.Throw(control.Error ?? new OperationCanceledException());
            if (!succeeded)
                ExceptionDispatchInfo.Throw(job.ReadError(index, received.WrittenMemory));
            job.ReadResult(index, received.WrittenMemory);
            job.Release(index, 1);
            job.Progress?.Add(1, job.Count);
        }
    }

    private static bool RunOne(CallRunner runner, long index, Lane lane, ArrayBufferWriter<byte> sent, ArrayBufferWriter<byte> received)
    {
        var before = lane.Enter();
        try
        {
            return runner.Run(index, 0, lane.Worker, sent.WrittenMemory, received, lane.Token);
        }
        finally
        {
            Lane.Leave(before);
        }
    }
}
