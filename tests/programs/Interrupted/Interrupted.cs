using Shoal;

// A long call that Ctrl-C ends. Arguments: the pool, a file that appears once it runs, and how: "listens", "deaf" or "catches".
using var pool = Pool.Open(args[0]);
string path = args[1], how = args[2];
try
{
    pool.Map(Enumerable.Range(0, 100), (x, context) =>
    {
        if (x == 0)
            File.WriteAllText(path, "");
        if (how == "deaf")
            Thread.Sleep(60_000);
        context.Cancel.WaitHandle.WaitOne(60_000);
        context.Cancel.ThrowIfCancellationRequested();
        return x;
    });
}
catch (OperationCanceledException) when (how == "catches")
{
    Console.WriteLine($"caught {pool.Map([1, 2], x => x).Sum()}");
}
