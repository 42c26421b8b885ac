using System.Globalization;
using System.Text;

namespace Shoal.Tests.Processes;

/// <summary>The console is the whole program's: no other test may print meanwhile.</summary>
[CollectionDefinition(nameof(ConsoleLinesTests), DisableParallelization = true)]
public sealed class AloneWithTheConsole;

[Collection(nameof(ConsoleLinesTests))]
public class ConsoleLinesTests
{
    [Fact(Timeout = 60_000)]
    public async Task Each_line_appears_whole_behind_the_number_and_the_process_of_its_worker()
    {
        await Task.Yield();
        (int Worker, int Process)[] said = [];

        (var output, var error) = Captured(() =>
        {
            using Pool pool = Pool.Processes(2);
            said = pool.Map(Enumerable.Range(0, 40), (x, context) =>
            {
                // In pieces, as a console writes them.
                foreach (var piece in (ReadOnlySpan<string>)["item ", x.ToString(CultureInfo.InvariantCulture), " of a worker"])
                {
                    Console.Write(piece);
                    Console.Out.Flush();
                }
                Console.WriteLine();
                Console.Error.WriteLine($"complaint {x}");
                return (context.Worker, Environment.ProcessId);
            }, new() { Batch = 1 });
        });

        Lines(output).Order().ShouldBe(said.Select((worker, x) => $"[worker {worker.Worker}, pid {worker.Process}] item {x} of a worker").Order());
        Lines(error).Order().ShouldBe(said.Select((worker, x) => $"[worker {worker.Worker}, pid {worker.Process}] complaint {x}").Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_without_an_end_appears_when_its_worker_ends()
    {
        await Task.Yield();

        (var output, _) = Captured(() =>
        {
            using Pool pool = Pool.Processes(1);
            pool.Apply(() =>
            {
                Console.Write("no end");
                Console.Out.Flush();
                return 0;
            });
        });

        Lines(output).ShouldHaveSingleItem().ShouldEndWith("] no end");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_of_a_megabyte_comes_in_parts_that_are_marked()
    {
        await Task.Yield();

        (var output, _) = Captured(() =>
        {
            using Pool pool = Pool.Processes(1);
            pool.Apply(() =>
            {
                Console.WriteLine(new string('x', 1_000_000));
                return 0;
            });
        });

        var lines = Lines(output);
        lines.Length.ShouldBeGreaterThan(1);
        lines.ShouldAllBe(line => line.StartsWith("[worker 0, pid ", StringComparison.Ordinal) && line.Length < 100_000);
        lines.Sum(line => line.Count(letter => letter == 'x')).ShouldBe(1_000_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_worker_printed_last_is_told_as_it_was()
    {
        await Task.Yield();
        WorkerLostException? lost = null;

        (_, var error) = Captured(() =>
        {
            using Pool pool = Pool.Processes(1);
            lost = Should.Throw<WorkerLostException>(() => pool.Map([1], x =>
            {
                Console.Error.WriteLine("the disk is full");
                Environment.Exit(7);
                return x;
            }, new() { Retries = 0 }));
        });

        lost!.LastLines.ShouldContain("the disk is full");
        error.ShouldContain("] the disk is full");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_child_process_prints_as_its_parent_would()
    {
        await Task.Yield();

        (var output, _) = Captured(() =>
        {
            using ChildProcess child = ChildProcess.Start(() => Console.WriteLine("from the child"));
            child.Join();
        });

        Lines(output).ShouldBe(["from the child"]);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (string Output, string Error) Captured(Action action)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        StringBuilder told = new(), complained = new();
        Console.SetOut(TextWriter.Synchronized(new StringWriter(told, CultureInfo.InvariantCulture) { NewLine = "\n" }));
        Console.SetError(TextWriter.Synchronized(new StringWriter(complained, CultureInfo.InvariantCulture) { NewLine = "\n" }));
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
        return (told.ToString(), complained.ToString());
    }
}
