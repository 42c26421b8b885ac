using Shoal.Numerics.Kernels;

namespace Shoal.Numerics.Tests;

public unsafe class ComputeTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_task_runs_once_in_each_of_many_dispatches(int threads)
    {
        using var team = new ComputeTeam(threads);
        var counts = stackalloc int[100];
        for (var round = 1; round <= 500; round++)
        {
            team.Run(100, &Count, counts);

            for (var i = 0; i < 100; i++)
                counts[i].ShouldBe(round);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_failure_of_the_lowest_task_comes_back_and_the_team_works_on(int threads)
    {
        using var team = new ComputeTeam(threads);
        for (var round = 0; round < 50; round++)
            Should.Throw<FormatException>(() => team.Run(64, &FailFromTen, null)).Message.ShouldBe("task 10");

        var counts = stackalloc int[3];
        team.Run(3, &Count, counts);

        (counts[0], counts[1], counts[2]).ShouldBe((1, 1, 1));
    }

    [Fact]
    public void A_parked_helper_wakes()
    {
        using var team = new ComputeTeam(2);
        var counts = stackalloc int[2];
        team.Run(2, &Count, counts);
        SpinWait.SpinUntil(() => false, 30);

        team.Run(2, &Count, counts);

        (counts[0], counts[1]).ShouldBe((2, 2));
    }

    [Fact]
    public void A_disposed_team_says_so()
    {
        var team = new ComputeTeam(2);
        team.Dispose();
        team.Dispose();

        Should.Throw<ObjectDisposedException>(() => team.Run(2, &FailFromTen, null));
    }

    private static void Count(void* job, int task, int thread) => Interlocked.Increment(ref ((int*)job)[task]);

    private static void FailFromTen(void* job, int task, int thread)
    {
        if (task >= 10)
            throw new FormatException($"task {task}");
    }
}
