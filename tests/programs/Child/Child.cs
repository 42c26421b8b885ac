using System.Diagnostics;
using Shoal;

// A child process that works for a minute, with a program of its own; or one that prints. Arguments: a file that appears once it runs, and how.
string path = args[0], how = args[1];
if (how == "prints")
{
    using var printer = ChildProcess.Start(() =>
    {
        Console.WriteLine("a line of the child");
        Console.Error.WriteLine("a complaint of the child");
    });
    printer.Wait();
    Console.WriteLine("the child has ended");
    return;
}

using var child = ChildProcess.Start(file =>
{
    using Process grandchild = Process.Start("/bin/sleep", "60");
    File.WriteAllText(file + ".part", $"{Environment.ProcessId} {grandchild.Id}");
    File.Move(file + ".part", file);
    for (long until = Environment.TickCount64 + 60_000; Environment.TickCount64 < until;)
        Thread.SpinWait(1000);
}, path);
try
{
    child.Join();
}
catch (OperationCanceledException) when (how == "catches")
{
    Console.WriteLine($"caught, alive: {child.IsAlive}");
}
