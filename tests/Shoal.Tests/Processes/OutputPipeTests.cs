using System.Text;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class OutputPipeTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Text_is_cut_into_lines_wherever_the_writes_end()
    {
        (OutputPipe pipe, var write) = Open();

        Write(write, "one\ntw");
        pipe.Read(Take);
        Write(write, "o\r\nthrée\n\n");
        pipe.Read(Take);

        _lines.ShouldBe(["one", "two", "thrée", ""]);
        Close(pipe, write);
    }

    [Fact]
    public void The_last_read_takes_an_unfinished_line_and_waits_for_nobody()
    {
        (OutputPipe pipe, var write) = Open(); // the write end stays open, as a grandchild would keep it

        Write(write, "no end");
        pipe.ReadLast(Take);

        _lines.ShouldBe(["no end"]);
        pipe.Finished.ShouldBeTrue();
        Close(pipe, write);
    }

    [Fact]
    public void The_newest_lines_are_kept()
    {
        (OutputPipe pipe, var write) = Open();

        for (var i = 0; i < 80; i++)
            Write(write, $"line {i}\n");
        pipe.Read(Take);

        pipe.LastLines().Length.ShouldBe(50);
        pipe.LastLines()[^1].ShouldBe("line 79");
        Close(pipe, write);
    }

    [Fact]
    public void A_line_without_end_is_cut()
    {
        (OutputPipe pipe, var write) = Open();

        for (var i = 0; i < 70; i++)
        {
            Write(write, new string('x', 1000));
            pipe.Read(Take);
        }

        _lines.Count.ShouldBe(1);
        Close(pipe, write);
    }

    private static (OutputPipe, int) Open()
    {
        (var read, var write) = Posix.Pipe();
        return (new OutputPipe(read, isError: true), write);
    }

    private static void Close(OutputPipe pipe, int write)
    {
        pipe.Close();
        _ = Posix.Close(write);
    }

    private static unsafe void Write(int descriptor, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
            Posix.Write(descriptor, pointer, bytes.Length).ShouldBe(bytes.Length);
    }

    private void Take(OutputLine line) => _lines.Add(line.Text);
}
