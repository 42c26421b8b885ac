using Shoal;

// Ends of programs and of pools that nobody disposed. Arguments: how, and for some a file.
switch (args[0])
{
    case "closes":
        // The end of Main, right after Close, with a task that would print: it is given up.
        Pool closing = Pool.Processes(2);
        closing.ForEachAsync([args[1]], file =>
        {
            File.WriteAllText(file, "");
            Thread.Sleep(60_000);
            Console.WriteLine("apple");
        });
        SpinWait.SpinUntil(() => File.Exists(args[1]), TimeSpan.FromSeconds(60));
        closing.Close();
        Console.WriteLine("the end of Main");
        break;
    case "callback":
        // A callback that ends the program while a verb waits.
        using (Pool pool = Pool.Processes(2))
        {
            pool.ApplyAsync(x => x, 1).Then(_ => Environment.Exit(7));
            pool.Map([1, 2], x =>
            {
                Thread.Sleep(60_000);
                return x;
            });
        }
        break;
    case "drops":
        // Pools that are dropped, one with a call whose handle is kept.
        PoolTask<int> kept = Drop();
        int[] workers = [.. File.ReadAllLines(args[1]).Select(int.Parse)];
        bool gone = SpinWait.SpinUntil(() => { Collect(); return workers.All(worker => !Directory.Exists($"/proc/{worker}")); }, TimeSpan.FromSeconds(30));
        Console.WriteLine($"{(gone ? "no worker is left" : "workers are left")}; the call that is kept gave {kept.Wait(TimeSpan.FromSeconds(30))}");
        break;
}

PoolTask<int> Drop()
{
    Pool idle = Pool.Processes(2);
    Pool busy = Pool.Processes(1);
    Pool threads = Pool.Threads(2);
    File.WriteAllLines(args[1], idle.Map([1, 2, 3, 4], _ => Environment.ProcessId, new() { Batch = 1 }).Distinct().Select(id => $"{id}"));
    threads.ApplyAsync(x => x, 1).Wait();
    return busy.ApplyAsync(x => { Thread.Sleep(2_000); return x + 1; }, 41);
}

static void Collect()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
    Thread.Sleep(20);
}
