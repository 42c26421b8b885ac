using System.Globalization;

namespace Shoal.Cli.Compare;

/// <summary>Items that only sleep: what a pool adds to work that needs no processor.</summary>
internal static class SleepWorkload
{
    public const string Name = "sleep";
    private const int DefaultSize = 64;

    public static IReadOnlyList<Workload> Create(CompareSettings settings)
    {
        var (size, milliseconds) = (settings.Size ?? DefaultSize, settings.Milliseconds);
        var items = Enumerable.Range(0, size).ToArray();
        var title = string.Create(CultureInfo.InvariantCulture, $"sleep: {size} items that sleep {milliseconds} ms each");
        return [new Workload(Name, title, size, null, (count, cancel) => Loop(count, milliseconds, cancel),
        [
            new("map", size, (pool, cancel) => pool.Map(items, (item, context) => Sleep(item, milliseconds, context.Cancel), cancel: cancel)),
            new("mapAsync", size, (pool, cancel) => pool.MapAsync(items, (item, context) => Sleep(item, milliseconds, context.Cancel), cancel: cancel).Wait()),
        ])];
    }

    private static int[] Loop(int size, int milliseconds, CancellationToken cancel)
    {
        var slept = new int[size];
        for (var item = 0; item < slept.Length; item++)
            slept[item] = Sleep(item, milliseconds, cancel);
        return slept;
    }

    private static int Sleep(int item, int milliseconds, CancellationToken cancel)
    {
        cancel.WaitHandle.WaitOne(milliseconds);
        cancel.ThrowIfCancellationRequested();
        return item;
    }
}
