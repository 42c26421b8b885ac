namespace Shoal.Tests.Contract;

/// <summary>What a pool that is a loop on its caller shows beside the rest: it is never ahead of who reads.</summary>
public abstract class LoopContract : PoolContract
{
    [Fact]
    public void A_loop_is_not_resized()
    {
        using var pool = Open();

        Should.Throw<InvalidOperationException>(() => pool.Resize(2)).Message.ShouldContain("Use Pool.Threads or Pool.Processes");
        pool.Workers.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, "p0 c0 p1 c1 p2 c2 p3 c3 p4 c4 p5 c5")]
    [InlineData(4, "p0 p1 p2 p3 c0 c1 c2 c3 p4 p5 c4 c5")]
    [Trait("Behaviour", "42"), Trait("Behaviour", "45")]
    public Task A_serial_stream_takes_a_batch_when_the_last_one_was_read(int batch, string expected) => Within(() =>
    {
        using var pool = Open();
        var log = new List<string>();
        IEnumerable<int> Input()
        {
            for (var i = 0; i < 6; i++)
            {
                log.Add($"p{i}");
                yield return i;
            }
        }

        foreach (var result in pool.Stream(Input(), x => x, new() { Batch = batch }))
            log.Add($"c{result}");

        string.Join(' ', log).ShouldBe(expected);
    });
}
