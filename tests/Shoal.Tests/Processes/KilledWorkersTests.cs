using Shoal.Processes;

namespace Shoal.Tests.Processes;

/// <summary>Workers die at random moments, again and again: nothing hangs, no result is wrong or lost, nobody is left.</summary>
public class KilledWorkersTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Theory(Timeout = 120_000)]
    [Trait("Category", "Slow")]
    [InlineData("rings")]
    [InlineData("socket")]
    public Task Workers_that_are_killed_at_random_lose_nothing(string transport) => Soak(transport, Short, seed: 5);

    [Theory(Timeout = 900_000)]
    [Trait("Category", "Soak")]
    [InlineData("rings")]
    [InlineData("socket")]
    public Task Workers_that_are_killed_at_random_lose_nothing_for_minutes(string transport) => Soak(transport, Long, seed: Environment.TickCount);

    private static async Task Soak(string transport, TimeSpan duration, int seed)
    {
        await Task.Yield();
        Random random = new(seed);
        using CancellationTokenSource end = new();
        HashSet<int> processes = [];
        Task killing = Task.CompletedTask;
        int calls = 0, kills = 0;
        using (Pool pool = Pool.Processes(new PoolOptions { Workers = 2, Environment = new Dictionary<string, string?> { [Transport.Variable] = transport } }))
        {
            killing = Task.Factory.StartNew(() => kills = Kill(new Random(seed + 1), processes, end.Token), TaskCreationOptions.LongRunning);
            long until = Environment.TickCount64 + (long)duration.TotalMilliseconds;
            while (Environment.TickCount64 < until)
            {
                int count = random.Next(1, 400), size = random.Next(20) == 0 ? 200_000 : random.Next(200), spins = random.Next(2_000);
                MapOptions options = new() { Batch = random.Next(2) == 0 ? null : random.Next(1, 50), Retries = 1_000 };
                int[] items = [.. Enumerable.Range(calls, count)];

                (int Process, int Value, byte[] Bytes)[] results = pool.Map(items, item => Work(item, size, spins), options);

                string where = $"seed {seed}, call {calls}: {count} items of {size} bytes, batch {options.Batch}";
                results.Length.ShouldBe(count, where);
                for (int i = 0; i < count; i++)
                {
                    if (results[i].Value != items[i] + 1 || results[i].Bytes.Length != size || results[i].Bytes.AsSpan().ContainsAnyExcept((byte)items[i]))
                        throw new InvalidDataException($"{where}: result {i} is wrong.");
                }
                // Numbers go in blocks, without a frame for each.
                int[] numbers = [.. Enumerable.Range(calls, 10 * count)];
                long[] more = pool.Map(numbers, item => Spin(item, spins), options);
                for (int i = 0; i < numbers.Length; i++)
                {
                    if (more[i] != numbers[i] + 1L)
                        throw new InvalidDataException($"{where}: number {i} is {more[i]}.");
                }
                calls++;
                lock (processes)
                {
                    foreach (int process in results.Select(result => result.Process))
                        processes.Add(process);
                }
            }
            end.Cancel();
            await killing;
            pool.Apply(x => x + 1, 1).ShouldBe(2);
        }
        calls.ShouldBeGreaterThan(5, $"seed {seed}");
        kills.ShouldBeGreaterThan(1, $"seed {seed}");
        foreach (int process in processes)
            TestBackend.WaitUntilGone(process, TimeSpan.FromSeconds(10)).ShouldBeTrue($"process {process} is still there");
    }

    private static int Kill(Random random, HashSet<int> processes, CancellationToken end)
    {
        int kills = 0;
        while (!end.WaitHandle.WaitOne(random.Next(30, 250)))
        {
            lock (processes)
            {
                int[] alive = [.. processes.Where(TestBackend.IsAlive)];
                if (alive.Length > 0 && Posix.Kill(alive[random.Next(alive.Length)], Posix.SigKill) == 0)
                    kills++;
            }
        }
        return kills;
    }

    private static long Spin(int item, int spins)
    {
        Thread.SpinWait(spins / 10);
        return item + 1L;
    }

    private static (int Process, int Value, byte[] Bytes) Work(int item, int size, int spins)
    {
        Thread.SpinWait(spins);
        byte[] bytes = new byte[size];
        bytes.AsSpan().Fill((byte)item);
        return (Environment.ProcessId, item + 1, bytes);
    }
}
