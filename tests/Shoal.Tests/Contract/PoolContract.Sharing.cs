namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    [Trait("Behaviour", "41")]
    public Task A_captured_shared_array_is_the_same_memory() => Within(() =>
    {
        using var pool = Open();
        using var array = new SharedArray<double>([.. Enumerable.Range(0, 1000).Select(i => (double)i)]);

        var doubled = pool.Map(Enumerable.Range(0, 1000), i => array[i] *= 2);

        doubled.ShouldBe(Enumerable.Range(0, 1000).Select(i => 2.0 * i));
        array.ToArray().ShouldBe(doubled);
    });

    [SkippableFact]
    public Task A_shared_array_may_be_an_item_or_in_one() => Within(() =>
    {
        using var pool = Open();
        SharedArray<int>[] arrays = [.. Enumerable.Range(0, 5).Select(k => new SharedArray<int>(k))];

        pool.Map(arrays, array => Fill(array, 7)).ShouldBe([0, 1, 2, 3, 4]);
        pool.StarMap(arrays.Select(array => (array, 3)), Fill).ShouldBe([0, 1, 2, 3, 4]);

        foreach (var array in arrays)
        {
            array.ToArray().ShouldAllBe(x => x == 3);
            array.Dispose();
        }
    });

    [SkippableFact]
    public Task A_shared_array_that_goes_through_a_worker_comes_back_as_the_same_memory() => Within(() =>
    {
        using var pool = Open();
        using var array = new SharedArray<int>(10);

        var back = pool.Apply(a => a, array);
        back[3] = 33;

        array[3].ShouldBe(33);
        back.Length.ShouldBe(10);
    });

    [SkippableFact]
    public Task A_function_may_make_a_shared_array_and_return_it() => Within(() =>
    {
        using var pool = Open();

        SharedArray<long>[] made = pool.Map(Enumerable.Range(0, 8), k => new SharedArray<long>([k, k * k]));

        made.Select(array => array[1]).ShouldBe([0, 1, 4, 9, 16, 25, 36, 49]);
        pool.Map(made, array => array[0] + array[1]).ShouldBe(Enumerable.Range(0, 8).Select(k => (long)(k + k * k)));
        foreach (var array in made)
            array.Dispose();
    });

    [SkippableFact]
    public Task Elements_are_counted_up_atomically_by_all_workers() => Within(() =>
    {
        using var pool = Open();
        using var array = new SharedArray<int>(4);

        pool.Map(Enumerable.Range(0, 400), i => Interlocked.Increment(ref array[i % 4]));

        array.ToArray().ShouldBe([100, 100, 100, 100]);
    });

    private static int Fill(SharedArray<int> array, int value)
    {
        array.Span.Fill(value);
        return array.Length;
    }
}
