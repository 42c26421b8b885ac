namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "46")]
    public Task A_shared_counter_counts_every_item_once() => Within(() =>
    {
        using var pool = Open();
        using var counter = new SharedCounter(100);

        pool.Map(Enumerable.Range(0, 500), _ => counter.Increment()).ShouldBe(Enumerable.Range(101, 500).Select(x => (long)x), ignoreOrder: true);

        counter.Value.ShouldBe(600);
    });

    [SkippableFact]
    [Trait("Behaviour", "46")]
    public Task Under_a_shared_lock_one_item_is_inside_at_a_time() => Within(() =>
    {
        using var pool = Open();
        using var guard = new SharedLock();
        using var array = new SharedArray<int>(2);

        pool.Map(Enumerable.Range(0, 300), _ =>
        {
            using (guard.EnterScope())
            {
                var before = array[0];
                array[1] = before + 1;
                Thread.SpinWait(200);
                array[0] = array[1];
            }

            return 0;
        });

        array[0].ShouldBe(300);
    });

    [SkippableFact]
    [Trait("Behaviour", "46")]
    public Task What_is_put_into_a_shared_queue_comes_out_once() => Within(() =>
    {
        using var pool = Open();
        using var queue = new SharedQueue<(int Number, string Text)>();

        pool.Map(Enumerable.Range(0, 300), i =>
        {
            queue.Put((i, $"{i}"), Limit);
            return i;
        });

        queue.Count.ShouldBe(300);
        var items = pool.Map(Enumerable.Range(0, 300), _ => queue.Take(Limit));
        items.OrderBy(item => item.Number).ShouldBe(Enumerable.Range(0, 300).Select(i => (i, $"{i}")));
    });

    [SkippableFact]
    [Trait("Behaviour", "46")]
    public Task Shared_events_and_semaphores_are_the_same_in_a_worker() => Within(() =>
    {
        using var pool = Open();
        using var started = new SharedEvent();
        using var semaphore = new SharedSemaphore(2);

        pool.Apply(() =>
        {
            semaphore.Wait(Limit);
            started.Set();
            return semaphore.FreePermits;
        }).ShouldBe(1);

        started.IsSet.ShouldBeTrue();
        started.Wait(Limit).ShouldBeTrue();
    });
}
