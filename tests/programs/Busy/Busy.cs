using System.Diagnostics;
using Shoal;

// Workers that are busy for a minute; each has started a program of its own. Prints all their numbers once they run.
using var pool = Pool.Processes(2);
string folder = args[0];
var call = pool.MapAsync([0, 1], i =>
{
    using Process child = Process.Start("/bin/sleep", "60");
    File.WriteAllText(Path.Combine(folder, $"worker{i}.part"), $"{Environment.ProcessId} {child.Id}");
    File.Move(Path.Combine(folder, $"worker{i}.part"), Path.Combine(folder, $"worker{i}.txt"));
    for (long until = Environment.TickCount64 + 60_000; Environment.TickCount64 < until;)
        Thread.SpinWait(1000);
    return i;
});
call.Wait(TimeSpan.FromMinutes(2));
