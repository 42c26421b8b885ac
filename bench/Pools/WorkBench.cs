using Shoal;

namespace Pools;

/// <summary>Work of 20 µs an item, 100,000 items: threads and processes against the loop of the same round.</summary>
internal static class WorkBench
{
    private const int Items = 100_000;
    private const int Rounds = 5;
    private const double Microseconds = 20;

    public static void Run()
    {
        var steps = StepsFor(Microseconds);
        var items = Enumerable.Range(0, Items).ToArray();
        using var threads = Pool.Threads(2);
        using var processes = Pool.Processes(2);
        for (var round = -1; round < Rounds; round++)
        {
            var results = new double[Items];
            var loop = Clock.Seconds(() =>
            {
                for (var item = 0; item < Items; item++)
                    results[item] = Work(item, steps);
            });
            var threaded = Clock.Seconds(() => _ = threads.Map(items, x => Work(x, steps)));
            var shipped = Clock.Seconds(() => _ = processes.Map(items, x => Work(x, steps)));
            if (round < 0)
                continue;
            Report.Print("work_item_us", loop / Items * 1e6);
            Report.Print("work_threads_speedup", loop / threaded);
            Report.Print("work_processes_speedup", loop / shipped);
        }
    }

    private static int StepsFor(double microseconds)
    {
        const int trial = 20_000_000;
        var seconds = Clock.Median(warm: 1, runs: 3, () => Work(1, trial));
        return (int)(trial * microseconds * 1e-6 / seconds);
    }

    // A chain of dependent multiplications: the same time on every core, no memory.
    private static double Work(int item, int steps)
    {
        double x = item;
        for (var step = 0; step < steps; step++)
            x = (x * 0.999_999) + 1;
        return x;
    }
}
