namespace Shoal.Tests.Processes;

/// <summary>A program of <c>tests/programs</c> that a class of tests builds once, when the first of them needs it.</summary>
public abstract class BuiltProgram(string name) : IDisposable
{
    internal TestProgram Program { get; } = new(name);

    internal string Output => field ??= Program.Dotnet("build");

    public void Dispose()
    {
        Program.Dispose();
        GC.SuppressFinalize(this);
    }
}
