using System.Runtime.CompilerServices;
using Shoal;

// A module initializer and a static constructor that open pools: workers run both when they first touch the code.
int[] inside = Start.Pool.Map(Enumerable.Range(0, 8), i => i + Start.Pool.Map([1, 2], x => x * 10).Sum());
Console.WriteLine($"{string.Join(" ", inside)}");
Start.Pool.Dispose();

internal static class Start
{
    public static readonly Pool Pool = Pool.Processes(2);

    [ModuleInitializer]
    internal static void Initialize()
    {
        File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "initializers.txt"), $"{Environment.ProcessId}\n");
        using var pool = Pool.Processes(1);
        if (pool.Apply(() => 1) != 1)
            throw new InvalidOperationException();
    }
}
