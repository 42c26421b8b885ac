using System.Runtime.InteropServices;

namespace Shoal.Tests.Processes;

/// <summary>Values beyond what a 32-bit length can tell: they work, or are refused with their size. Nothing is cut off.</summary>
[Trait("Category", "Slow")]
public class HugeValueTests
{
    private const int Length = 275_000_000; // 2.2 GB of doubles

    [SkippableFact(Timeout = 300_000)]
    [Trait("Behaviour", "31")]
    public async Task An_argument_of_several_gigabytes_works_or_is_refused_with_its_size()
    {
        await Task.Yield();
        SkipWithoutMemory(8);
        var huge = Make();
        using var pool = Pool.Processes(1);

        Check("Item 0", () => pool.Apply(array => (array.Length, array[0], array[^1], array[Length / 2]), huge).ShouldBe((Length, 1.5, 2.5, 3.5)));

        pool.Apply(x => x + 1, 1).ShouldBe(2);
        pool.Report.WorkersLost.ShouldBe(0);
    }

    [SkippableFact(Timeout = 300_000)]
    [Trait("Behaviour", "31")]
    public async Task A_result_of_several_gigabytes_works_or_is_refused_with_its_size()
    {
        await Task.Yield();
        SkipWithoutMemory(8);
        using var pool = Pool.Processes(1);

        Check("The result", () =>
        {
            var result = pool.Apply(Make);
            (result.Length, result[0], result[^1], result[Length / 2]).ShouldBe((Length, 1.5, 2.5, 3.5));
        });

        pool.Apply(x => x + 1, 1).ShouldBe(2);
        pool.Report.WorkersLost.ShouldBe(0);
    }

    [SkippableFact(Timeout = 300_000)]
    [Trait("Behaviour", "31")]
    public async Task A_captured_array_of_several_gigabytes_works_or_is_refused_with_its_size()
    {
        await Task.Yield();
        SkipWithoutMemory(8);
        var huge = Make();
        using var pool = Pool.Processes(1);

        Check("The function, with what it captured,", () => pool.Map([0, Length / 2], i => huge[i]).ShouldBe([1.5, 3.5]));

        pool.Apply(x => x + 1, 1).ShouldBe(2);
        pool.Report.WorkersLost.ShouldBe(0);
    }

    private static double[] Make()
    {
        var made = GC.AllocateUninitializedArray<double>(Length);
        (made[0], made[^1], made[Length / 2]) = (1.5, 2.5, 3.5);
        return made;
    }

    private static void Check(string what, Action works)
    {
        try
        {
            works();
        }
        catch (ArgumentException refusal)
        {
            refusal.Message.ShouldContain($"{what} cannot travel. It needs 2,");
        }

        // What the test needed is given back before the next one needs as much.
        GC.Collect();
    }

    private static void SkipWithoutMemory(int gigabytes)
    {
        Skip.IfNot(RuntimeInformation.IsOSPlatform(OSPlatform.Linux), "the memory that is left is read from /proc");
        var line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        Skip.If(kilobytes < gigabytes * 1_000_000L, $"the machine has {kilobytes / 1_000_000} GB left, the test needs {gigabytes}");
    }
}
