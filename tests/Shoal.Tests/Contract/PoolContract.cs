using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shoal.Tests.Behaviours;

namespace Shoal.Tests.Contract;

/// <summary>What every pool must show, on every back end. What a back end cannot is an explicit skip with its reason.</summary>
/// <remarks>The oracle is the plain loop. The trait Behaviour is the number of a line in docs/behaviours.md: what pools of other languages test.</remarks>
public abstract partial class PoolContract
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The spec that is tested.</summary>
    protected abstract string Spec { get; }

    protected virtual Pool Open(PoolOptions? options = null) => Pool.Open(Spec, options);

    /// <summary>Nothing here may hang: a test that does fails, with its stack lost but its name kept.</summary>
    protected static async Task Within(Action test)
    {
        var running = Task.Factory.StartNew(test, TaskCreationOptions.LongRunning);
        await running.WaitAsync(Limit);
    }

    protected static void ShouldTakeLessThan(TimeSpan limit, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(limit);
    }

    /// <summary>The loop that every verb stands for.</summary>
    protected static TResult[] Loop<T, TResult>(IEnumerable<T> items, Func<T, TResult> function)
    {
        var results = new List<TResult>();
        foreach (var item in items)
            results.Add(function(item));
        return [.. results];
    }

    private void SkipUnless(Func<Backends.BackendTraits, bool> can, string reason, [CallerMemberName] string test = "")
    {
        using var pool = Open();
        if (can(pool.Traits))
            return;
        BehaviourTable.ClaimsToRun(GetType(), test).ShouldBeFalse($"{test} skips itself here: say where it runs by the trait Only");
        Skip.If(true, $"{Spec}: {reason}");
    }
}
