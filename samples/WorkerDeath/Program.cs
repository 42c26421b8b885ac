using Shoal;

using var pool = Pool.Processes(2);
int[] items = [1, 2, 3, 4];

#region look
try
{
    pool.Map(items, Fragile, new MapOptions { Retries = 0 });     // the first death fails the item, not the second
}
catch (WorkerLostException lost)
{
    Console.WriteLine($"item {lost.Index}, exit code {lost.ExitCode}, signal {lost.Signal}");
    foreach (var line in lost.LastLines)                          // what the worker wrote to its standard error
        Console.WriteLine(line);
}
#endregion

#region serial
using var here = Pool.Serial();                                   // the same function in this process, under the debugger
Console.WriteLine(here.Map([1, 2], Fragile).Sum());
#endregion

static int Fragile(int x)
{
    if (x == 3)
        Environment.Exit(7);
    return x;
}
