using Shoal;

using Pool pool = Pool.Processes(200);
long sum = pool.Map(Enumerable.Range(0, 1000), x => (long)x * x).Sum();
int processes = pool.Map(Enumerable.Range(0, 1000), _ => Environment.ProcessId, new() { Batch = 1 }).Distinct().Count();
Console.WriteLine($"sum={sum} workers={pool.Report.WorkersStarted} several={processes > 1} lost={pool.Report.WorkersLost}");
