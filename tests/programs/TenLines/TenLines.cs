using Shoal;

File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "mains.txt"), $"{Environment.ProcessId}\n"); // how often Main ran
int low = 3, high = 7;
using var pool = Pool.Processes(2);
int[][] rows = [.. Enumerable.Range(0, 20).Select(row => Enumerable.Range(row, 10).ToArray())];
int[] counts = pool.Map(rows, row => row.Count(x => low <= x && x <= high));
int[] workers = pool.Map(rows, _ => Environment.ProcessId);
bool same = counts.SequenceEqual(rows.Select(row => row.Count(x => low <= x && x <= high)));
Console.WriteLine($"same={same} elsewhere={!workers.Contains(Environment.ProcessId)}");
