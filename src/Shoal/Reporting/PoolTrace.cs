using System.Diagnostics;
using Shoal.Calls;

namespace Shoal.Reporting;

/// <summary>One call as the runtime's listeners see it. There is none where nobody listens.</summary>
internal sealed class PoolTrace
{
    private readonly Activity? _activity;
    private readonly PoolJob _job;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly string _scheme;
    private readonly string _verb;

    private PoolTrace(string spec, string verb, PoolJob job)
    {
        _job = job;
        _scheme = SchemeOf(spec);
        _verb = char.ToLowerInvariant(verb[0]) + verb[1..];
        _activity = Telemetry.Source.StartActivity($"{verb} {spec}");
        if (_activity is not { } activity)
            return;
        activity.SetTag("shoal.verb", _verb).SetTag("shoal.pool", spec).SetTag("shoal.backend", _scheme);
        job.Trace = activity;
    }

    /// <summary>A call begins on this thread, which waits for it.</summary>
    public static PoolTrace? Begin(string spec, string verb, PoolJob job) => Telemetry.HearsCalls ? new PoolTrace(spec, verb, job) : null;

    /// <summary>A call begins that this thread does not wait for: what it does next is no part of it.</summary>
    public static PoolTrace? BeginElsewhere(string spec, string verb, PoolJob job)
    {
        var current = Activity.Current;
        var trace = Begin(spec, verb, job);
        if (trace is not null)
            Activity.Current = current;
        return trace;
    }

    /// <summary>The word before the colon.</summary>
    public static string SchemeOf(string spec) => spec.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? spec[..colon] : spec;

    /// <summary>The call is over.</summary>
    /// <param name="error">What it throws; none where it has its results.</param>
    public void End(Exception? error) => End(error is null ? "ok" : error is OperationCanceledException ? "cancelled" : "failed", error);

    /// <summary>The reader of a stream is gone.</summary>
    /// <param name="atEnd">Whether it read all results.</param>
    /// <param name="error">What the stream threw, if it did.</param>
    public void EndStream(bool atEnd, Exception? error)
    {
        if (atEnd || error is not null)
            End(error);
        else
            End("left", null);
    }

    private void End(string outcome, Exception? error)
    {
        var tags = new TagList { Telemetry.Backend(_scheme), { "shoal.verb", _verb }, { "shoal.outcome", outcome } };
        if (error is not null)
            tags.Add("error.type", error.GetType().FullName);
        Telemetry.Calls.Add(1, tags);
        Telemetry.CallDuration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, tags);
        if (_activity is not { } activity)
            return;
        activity.SetTag("shoal.items", _job.Taken).SetTag("shoal.outcome", outcome);
        if (error is not null)
        {
            activity.SetTag("error.type", error.GetType().FullName);
            if (outcome == "failed")
                activity.SetStatus(ActivityStatusCode.Error, error.Message);
        }

        // Ending one makes its parent current, also on a thread that has nothing to do with it.
        var current = Activity.Current;
        activity.Dispose();
        if (current != activity)
            Activity.Current = current;
    }
}
