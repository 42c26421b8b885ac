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
        for (var seed = block * SeedsInTest; seed < (block + 1) * SeedsInTest; seed++)
        {
            try
            {
                new Simulation(seed).Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
            }
        }
    }
}
