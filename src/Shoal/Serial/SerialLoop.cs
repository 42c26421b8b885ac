using Shoal.Calls;

namespace Shoal.Serial;

/// <summary>The plain loop: calls the function where the items are.</summary>
internal sealed class SerialLoop(PoolJob job, Lane lane, CallControl control) : ItemLoop(job, lane, control)
{
    protected override void RunRange(long start, int count, ref int done) => Job.RunRange(start, count, 0, Lane, ref done);
}
