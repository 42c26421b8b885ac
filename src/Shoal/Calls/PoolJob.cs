using System.Diagnostics;
using Shoal.Backends;

namespace Shoal.Calls;

/// <summary>A job with what the pool itself needs beside what back ends see: its input, its options, and loops over ranges.</summary>
internal abstract class PoolJob(int call, MapOptions options) : Job(call)
{
    public MapOptions Options { get; } = options;

    /// <summary>Tells the user how far the call is, where that is asked for.</summary>
    public ProgressMeter? Progress { get; } = options.Progress is { } progress ? new ProgressMeter(progress) : null;

    /// <summary>The call as others follow it, where somebody does.</summary>
    public Activity? Trace { get; set; }

    /// <summary>How many items there are, where that is known before they are read.</summary>
    public abstract long? Count { get; }

    /// <summary>Whether its results are read one by one while it runs, and dropped then.</summary>
    public virtual bool Streams => false;

    /// <summary>Where finished ranges are told to their reader, where they are read while other threads work.</summary>
    public ResultQueue? Reading { get; set; }

    /// <summary>How many items can be run now.</summary>
    public abstract long Taken { get; }

    /// <summary>Does ahead what the first worker would have to wait for, while workers start; what goes wrong comes again then.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Takes one more item from the input; false at its end. Throws what the input throws. One thread at a time.</summary>
    public abstract bool TakeOne();

    /// <summary>Ends the reading of the input. Not while another thread takes from it.</summary>
    public abstract void CloseInput();

    /// <summary>Runs a range in order, until the function throws or the lane is told to stop.</summary>
    /// <param name="start">The first item.</param>
    /// <param name="count">How many.</param>
    /// <param name="attempt">How often their workers died before.</param>
    /// <param name="lane">Where it runs.</param>
    /// <param name="done">Counts the items whose results are stored, also when one throws.</param>
    public abstract void RunRange(long start, int count, int attempt, Lane lane, ref int done);

    /// <summary>These items are done: their inputs may be dropped, and their results read.</summary>
    public abstract void Release(long start, int count);
}
