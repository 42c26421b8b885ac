namespace Shoal.Tests.Pools;

/// <summary>The ways to write a function all compile without type arguments, and mean what they say.</summary>
public class PoolShapesTests
{
    [Fact]
    public void Every_way_to_write_a_function_is_inferred()
    {
        using var pool = Pool.Serial();
        int[] items = [1, 2];
        static int Local(int x) => x + 1;
        static long WithContext(int x, ItemContext context) => x + context.Index;
        static async Task<int> Awaited(int x)
        {
            await Task.Yield();
            return x;
        }

        pool.Map(items, x => x + 1).ShouldBe([2, 3]);
        pool.Map(items, Local).ShouldBe([2, 3]);
        pool.Map(items, WithContext).ShouldBe([1L, 3L]);
        pool.Map(items, Awaited).ShouldBe([1, 2]);
        pool.Map(items, Math.Abs).ShouldBe([1, 2]);
        pool.Map(items, static (x, context) => context.Index).ShouldBe([0L, 1L]);
        pool.Map(items, async x => await Awaited(x)).ShouldBe([1, 2]);
        pool.Map(items, async (x, context) => await Awaited(x) + context.Index).ShouldBe([1L, 3L]);
        pool.Map(items, delegate (int x) { return x; }).ShouldBe([1, 2]);
        pool.Map(items, x => (object?)null).ShouldBe([null, null]);
    }

    [Fact]
    public void A_function_that_only_throws_needs_no_more_than_its_result_type()
    {
        using var pool = Pool.Serial();

        Should.Throw<FormatException>(() => pool.Map<int, int>([1], x => throw new FormatException()));
        Should.Throw<FormatException>(() => pool.Map<int, int>([1], (x, context) => throw new FormatException()));
        Should.Throw<FormatException>(() => pool.MapAsync<int, int>([1], x => throw new FormatException()).Wait());
        Should.Throw<FormatException>(() => pool.Apply<int>(() => throw new FormatException()));
    }

    [Fact]
    public void A_loop_over_a_lazy_input_allocates_nothing_for_an_item()
    {
        using var pool = Pool.Serial();
        static IEnumerable<int> Input(int count)
        {
            for (var i = 0; i < count; i++)
                yield return i;
        }

        long Allocated(int count)
        {
            pool.Map(Input(count), static x => x);
            var before = GC.GetAllocatedBytesForCurrentThread();
            pool.Map(Input(count), static x => x);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var perItem = (Allocated(20_480) - Allocated(10_240)) / 10_240.0;

        // Room for the result, once in its chunk and once in the array of all, and for the item in its chunk.
        perItem.ShouldBeInRange(0, 16);
    }

    [Fact]
    public async Task A_handle_can_be_awaited()
    {
        using var pool = Pool.Threads(2);

        (await pool.MapAsync([1, 2], x => x * 2)).ShouldBe([2, 4]);
        (await pool.ApplyAsync((x, y) => x + y, 1, 2).AsTask()).ShouldBe(3);
        await Should.ThrowAsync<FormatException>(async () => await pool.ApplyAsync<int>(() => throw new FormatException()));
    }
}
