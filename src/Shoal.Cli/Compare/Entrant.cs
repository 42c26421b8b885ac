using System.Diagnostics;

namespace Shoal.Cli.Compare;

/// <summary>One line of the comparison while it is measured: how long each of its warm runs took, and whether all gave the loop's results.</summary>
/// <param name="verb">What it is called in the table.</param>
/// <param name="size">The items of a run.</param>
/// <param name="pool">The pool, or none for the plain loop.</param>
/// <param name="run">One run.</param>
/// <param name="expect">What a run has to return, from the results of the loop.</param>
internal sealed class Entrant(string verb, int size, OpenPool? pool, Func<CancellationToken, int[]> run, Func<int[], int[]>? expect = null)
{
    // Enough for a median that a busy neighbour does not move, and short enough that forty of them end in half a minute.
    private const int MostRuns = 25;
    private const int FewestRuns = 3;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.3);

    // Runs that take seconds are told from each other without a median, and nobody wants to wait for three of each.
    private static readonly TimeSpan More = TimeSpan.FromSeconds(2);

    // The compiler needs some thirty calls and a tenth of a second until a method is as fast as it gets.
    private const int WarmUpRuns = 40;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.15);

    private readonly List<double> _seconds = [];

    public string Verb => verb;

    public int Size => size;

    public OpenPool? Pool => pool;

    public int Runs => _seconds.Count;

    public bool Done => Runs >= MostRuns || _seconds.Sum() is var spent && (spent >= More.TotalSeconds || (Runs >= FewestRuns && spent >= Enough.TotalSeconds));

    public bool Identical { get; private set; } = true;

    public double Median
    {
        get
        {
            var sorted = _seconds.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Fastest => _seconds.Min();

    public double Slowest => _seconds.Max();

    /// <summary>Runs, unmeasured, until the code is as fast as it gets.</summary>
    public void Prepare(int[] expected, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        for (var count = 0; count < WarmUpRuns && (count == 0 || Stopwatch.GetElapsedTime(start) < WarmUp); count++)
            Check(run(cancel), expected);
    }

    /// <summary>Measures one run.</summary>
    public void Run(int[] expected, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        var results = run(cancel);
        _seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        Check(results, expected);
    }

    private void Check(int[] results, int[] expected)
    {
        var part = expected[..size];
        if (!results.AsSpan().SequenceEqual(expect?.Invoke(part) ?? part))
            Identical = false;
    }
}
