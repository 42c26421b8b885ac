using System.Globalization;
using Xunit.Abstractions;

namespace Shoal.Tests.Soak;

/// <summary>Tests that look at what the whole process holds run alone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

/// <summary>
/// Random calls from several threads over pools that come and go, while workers are killed, items time out and calls are cancelled: nothing hangs, no answer is
/// wrong, nothing is left. <c>SHOAL_SOAK_SECONDS</c> and <c>SHOAL_SOAK_SEED</c> change the long one.
/// </summary>
[Collection("alone")]
public class SoakTests(ITestOutputHelper output)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(10);

    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData("rings")]
    [InlineData("socket")]
    public void Random_calls_kills_time_outs_and_cancellations_leave_right_answers_and_nothing_else(string transport) =>
        Soak(transport, TimeSpan.FromSeconds(12), seed: 5);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public void For_minutes_random_calls_kills_time_outs_and_cancellations_leave_right_answers_and_nothing_else() =>
        Soak("rings", TimeSpan.FromSeconds(Number("SHOAL_SOAK_SECONDS") ?? Whole.TotalSeconds), seed: Number("SHOAL_SOAK_SEED") ?? Environment.TickCount);

    private void Soak(string transport, TimeSpan duration, int seed)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "what is left is read from /proc");
        var counts = new SoakCounts();
        var tag = Guid.NewGuid().ToString("N");
        output.WriteLine($"seed {seed}");
        // What the runtime opens once, on first use, belongs to the base.
        RunRound(new Random(seed).Next(), transport, tag, new SoakCounts(), TimeSpan.FromSeconds(1));
        var before = Settled(SoakTraces.Now());

        var random = new Random(seed);
        var until = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        try
        {
            while (Environment.TickCount64 < until)
                RunRound(random.Next(), transport, tag, counts, TimeSpan.FromSeconds(1 + 6 * random.NextDouble()));
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}, {counts}: {error.Message}", error);
        }

        output.WriteLine($"{counts} in {duration.TotalSeconds:0} s over {transport}, seed {seed}");
        var after = Settled(before);
        SoakTraces.ProcessesWith($"{SoakRound.Tag}={tag}").ShouldBeEmpty($"seed {seed}");
        SoakTraces.Children().ShouldBeEmpty($"seed {seed}");
        after.IsWithin(before).ShouldBeTrue($"seed {seed}: {after.Beyond(before)}");
        var share = duration / Whole;
        counts.Calls.ShouldBeGreaterThanOrEqualTo((int)(20_000 * share), $"seed {seed}");
        counts.Kills.ShouldBeGreaterThanOrEqualTo((int)(300 * share), $"seed {seed}");
        counts.TimeOuts.ShouldBeGreaterThanOrEqualTo((int)(300 * share), $"seed {seed}");
        counts.Cancellations.ShouldBeGreaterThanOrEqualTo((int)(300 * share), $"seed {seed}");
    }

    private static void RunRound(int seed, string transport, string tag, SoakCounts counts, TimeSpan duration)
    {
        using var round = new SoakRound(seed, transport, tag, counts);
        round.Run(duration, CallLimit);
    }

    // What was handed to the finalizers, and threads that just ended, take a moment.
    private static SoakTraces Settled(SoakTraces goal)
    {
        SoakTraces now;
        var until = Environment.TickCount64 + 20_000;
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(200);
            now = SoakTraces.Now();
        }
        while (!now.IsWithin(goal) && Environment.TickCount64 < until);
        return now;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
