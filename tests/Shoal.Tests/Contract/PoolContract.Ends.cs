namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "28")]
    public Task After_Close_results_still_arrive_and_the_workers_end_by_themselves() => Within(() =>
    {
        using var pool = Open();
        using var gate = new Gate();
        var path = gate.Path;
        var workers = pool.Map(Enumerable.Range(0, 20).ToArray(), _ => Environment.ProcessId, new() { Batch = 1 });
        var call = pool.MapAsync([1, 2, 3], x =>
        {
            while (!File.Exists(path))
                Thread.Sleep(5);
            return (x, Environment.ProcessId);
        });

        pool.Close();
        Should.Throw<InvalidOperationException>(() => pool.MapAsync([1], x => x));
        call.IsCompleted.ShouldBeFalse();
        gate.Open();

        var results = call.Wait(Limit);
        results.Select(result => result.x).ShouldBe([1, 2, 3]);
        foreach (var process in workers.Concat(results.Select(result => result.ProcessId)).Distinct().Where(process => process != Environment.ProcessId))
            Processes.TestBackend.WaitUntilGone(process, Limit).ShouldBeTrue($"process {process} is still there");
        pool.Join(Limit).ShouldBeTrue();
    });

    [SkippableFact]
    [Trait("Behaviour", "26")]
    public Task After_Dispose_no_worker_process_is_left() => Within(() =>
    {
        int[] workers;
        using (var pool = Open())
            workers = pool.Map(Enumerable.Range(0, 20).ToArray(), _ => Environment.ProcessId, new() { Batch = 1 });

        workers.Where(process => process != Environment.ProcessId).ShouldAllBe(process => !Processes.TestBackend.IsAlive(process));
    });

    [SkippableFact]
    [Trait("Behaviour", "41")]
    public Task Large_arrays_and_views_into_them_arrive_equal_also_from_an_input_that_is_collected() => Within(() =>
    {
        using var pool = Open();
        const int length = 300_000;
        double[] captured = [.. Enumerable.Range(0, length).Select(i => i / 3.0)];
        IEnumerable<short[]> Input()
        {
            for (var i = 0; i < 12; i++)
            {
                var made = new short[length];
                Array.Fill(made, (short)(i - 300));
                yield return made;
                GC.Collect(0);
            }
        }

        pool.Map(Input(), array => (array.Length, array[0], array[^1])).ShouldBe(Enumerable.Range(0, 12).Select(i => (length, (short)(i - 300), (short)(i - 300))));
        pool.Apply(array => array, captured).ShouldBe(captured);
        pool.Apply(view => view.ToArray(), captured.AsMemory(length - 1000, 999)).ShouldBe(captured[^1000..^1]);
        pool.Apply(view => view, new ArraySegment<double>(captured, 100_001, 3)).ShouldBe(captured[100_001..100_004]);
        pool.Map([0, length - 1], i => captured[i]).ShouldBe([captured[0], captured[^1]]);
    });
}
