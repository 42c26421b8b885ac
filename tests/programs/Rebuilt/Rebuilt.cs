using Shoal;

// A program whose files are replaced by another build while it runs. Argument: a file; it goes on when that is gone.
const int build = 1;
File.WriteAllText(args[0], "");
SpinWait.SpinUntil(() => !File.Exists(args[0]), TimeSpan.FromSeconds(60));
using Pool pool = Pool.Processes(1);
try
{
    Console.WriteLine(pool.Map([1, 2], x => x + build).Sum());
}
catch (ShoalException error)
{
    Console.WriteLine(error.Message);
}
