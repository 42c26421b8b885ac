using System.Buffers;
using System.Runtime.ExceptionServices;
using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The loop in which function, items and results go through the wire format: it finds on a laptop what a cluster would.</summary>
internal sealed class StrictLoop(PoolJob job, Lane lane, CallControl control) : ItemLoop(job, lane, control)
{
    private readonly ArrayBufferWriter<byte> _sent = new();
    private readonly ArrayBufferWriter<byte> _received = new();
    private CallRunner? _runner;

    protected override void RunRange(long start, int count, ref int done)
    {
        for (; done < count && !Lane.Stop.Raised; done++)
        {
            var index = start + done;
            _runner ??= ReadRunner();
            _sent.ResetWrittenCount();
            _received.ResetWrittenCount();
            Job.WriteItem(index, _sent);
            var item = _sent.WrittenMemory;
            var succeeded = _runner.Run(index, 0, Lane.Worker, ref item, packed: false, _received, Lane.Token);
            Lane.Clock.Pause();
            if (Lane.Stop.Raised)
                return;
            if (!succeeded)
                ExceptionDispatchInfo.Throw(Job.ReadError(index, _received.WrittenMemory));
            Job.ReadResult(index, _received.WrittenMemory);
        }
    }

    private CallRunner ReadRunner()
    {
        var definition = new ArrayBufferWriter<byte>();
        Job.WriteDefinition(definition);
        var runner = CallRunner.Read(definition.WrittenMemory);
        runner.Clock = Lane.Clock;
        return runner;
    }
}
