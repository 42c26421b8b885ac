using System.Buffers;
using Shoal.Functions;
using Shoal.Wire;

namespace Shoal.Calls;

/// <summary>
/// Names what a call over common types runs, in the caller and in a worker, so that the native code of release builds (<c>Shoal.csproj</c>) holds it. It is never run.
/// </summary>
/// <remarks>
/// A compiler ahead of time makes code of generics for references, and for those numbers that the assembly itself names. All others are compiled in each process:
/// some sixty methods before the first result. A virtual method counts as named only where it is called on its own sealed class.
/// </remarks>
internal static class CommonTypes
{
    public static void Name(Pool pool)
    {
        Name<int, int>(pool);
        Name<int, double>(pool);
        Name<int, bool>(pool);
        Name<int, object>(pool);
        Name<double, int>(pool);
        Name<double, double>(pool);
        Name<double, object>(pool);
        Name<object, int>(pool);
        Name<object, double>(pool);
        Name<object, bool>(pool);
        Name<int>();
        Name<double>();
        Name<bool>();
        Name<object>();
    }

    private static void Name<T, R>(Pool pool)
    {
        var (items, output, results, done) = (new T[1], new ArrayBufferWriter<byte>(), new R[1], 0);
        var function = new PlainFunction<T, R>(null);
        _ = pool.Map(items, (Func<T, R>)function.Target);
        _ = pool.Apply((Func<T, R>)function.Target, items[0]);
        _ = function.With(null).HasShapeOf(function) || function.TakesContext || function.Awaits;
        _ = function.Invoke(items[0], null);
        function.InvokeAll(items, results, new StopFlag(), ref done);

        var job = new MapJob<T, R>(0, function, items, new MapOptions(), FunctionOptions.Default);
        _ = (job.Count, job.Taken, job.Streams, job.ResultBytes, job.TakeOne(), job.Results(), job.KeptResults(), job.TakeResult(0));
        job.RunRange(0, 1, 0, null!, ref done);
        job.Run(0, 0, 0, default);
        job.WriteDefinition(output);
        job.WriteItem(0, output);
        _ = job.WriteBlock(0, 1, default, out _);
        job.ReadResult(0, default);
        _ = job.ReadBlock(0, 0, 1, default);
        job.Release(0, 1);
        job.CloseInput();

        _ = function.Define(0, 0);
        var runner = (CallRunner<T, R>)new CallDefinition<T, R>(function, 0, 0).CreateRunner(function.Target);
        ReadOnlyMemory<byte> item = default;
        _ = runner.Run(0, 0, 0, ref item, packed: false, output, default) && runner.WriteLeftOver(output);
        _ = runner.ResultBytes;
    }

    private static void Name<T>()
    {
        var items = new ArrayItems<T>([]);
        _ = (items.Count, items.Taken, items.TakeOne(), items.Range(0, 1).Length);
        items.Release(0, 1);
        var list = new ListItems<T>([]);
        _ = (list.Count, list.Taken, list.TakeOne(), list.Range(0, 1).Length);
        list.Release(0, 1);

        var field = new FieldAccess<T>();
        field.Write(null!, null!, null!);
        field.Read(null!, null!, null!);

        var packing = new MemoryPacking<T>();
        T value = default!;
        _ = packing.Write([value], default, out _) + packing.Size + packing.Read(default, [value]);
        _ = packing.TryWrite(in value, default, out _);
        _ = packing.Read(default, out _);
    }
}
