namespace Shoal.Tests.Dispatch;

public class DispatcherSimulationTests
{
    private const int SeedsInTest = 150;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_call_ends_right_in_worlds_of_deaths_delays_and_reorderings(int block)
    {
        var (takenBack, sentAhead) = (0L, 0L);
        for (var seed = block * SeedsInTest; seed < (block + 1) * SeedsInTest; seed++)
        {
            var world = new Simulation(seed);
            try
            {
                world.Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}\n{string.Join('\n', world.LastTrace)}", error);
            }

            takenBack += world.TakenBack;
            sentAhead += world.SentAhead;
        }

        takenBack.ShouldBeGreaterThan(SeedsInTest, "the worlds are too easy");
        sentAhead.ShouldBeGreaterThan(SeedsInTest, "the worlds are too easy");
    }
}
