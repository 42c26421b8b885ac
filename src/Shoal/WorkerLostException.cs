using System.Globalization;
using Shoal.Backends;

namespace Shoal;

/// <summary>A worker ended while it ran an item, once more often than <see cref="MapOptions.Retries"/> allows, or before it could start; or the process of a <see cref="ChildProcess"/> ended before its function did.</summary>
public sealed class WorkerLostException : ShoalException
{
    private readonly Func<long?, string> _describe;
    private readonly WorkerLoss _loss;

    internal WorkerLostException(string scheme, int worker, WorkerLoss loss, long? index)
        : this(at => Describe(scheme, worker, loss, at), loss, index)
    {
    }

    /// <summary>A process that ran one function and nothing else.</summary>
    internal WorkerLostException(string process, WorkerLoss loss)
        : this(_ => $"{process} {EndOf(loss)} before its function returned. {CauseOf(loss)}{LinesOf(loss)}", loss, index: null)
    {
    }

    private WorkerLostException(Func<long?, string> describe, WorkerLoss loss, long? index)
        : base(describe(index), loss.StartError)
    {
        (_describe, _loss) = (describe, loss);
        ProcessId = loss.ProcessId;
        ExitCode = loss.ExitCode;
        Signal = loss.Signal;
        Index = index;
        LastLines = loss.LastLines;
    }

    /// <summary>The process that ended, or 0 where it never started.</summary>
    public int ProcessId { get; }

    /// <summary>The exit code, where the worker exited by itself.</summary>
    public int? ExitCode { get; }

    /// <summary>The signal that ended it, where one did.</summary>
    public int? Signal { get; }

    /// <summary>The item that it ran; none where it ended while it started.</summary>
    public long? Index { get; }

    /// <summary>The last lines that it wrote to its standard error.</summary>
    public IReadOnlyList<string> LastLines { get; }

    /// <summary>The same death, of an item that stands elsewhere in the user's input.</summary>
    internal WorkerLostException At(long index) => new(_describe, _loss, index);

    private static string Describe(string scheme, int worker, WorkerLoss loss, long? index)
    {
        var place = index is { } item ? Invariant($"while it ran item {item}") : "before it was ready";
        return Invariant($"Worker {worker} ({scheme}, pid {loss.ProcessId}) {EndOf(loss)} {place}. {CauseOf(loss, index)}{LinesOf(loss)}");
    }

    private static string EndOf(WorkerLoss loss) => loss switch
    {
        { Signal: { } signal } => Invariant($"ended with signal {signal}{NameOf(signal)}"),
        { ExitCode: { } code } => Invariant($"exited with code {code}"),
        _ => "ended",
    };

    private static string LinesOf(WorkerLoss loss) => loss.LastLines.Count == 0 ? "" : $" Its last lines: {string.Join(" | ", loss.LastLines)}";

    private static string CauseOf(WorkerLoss loss) => loss.ExitCode is not null
        ? "The function, or something that it calls, ended the process, for example by Environment.Exit."
        : CauseOf(loss, 0);

    private static string CauseOf(WorkerLoss loss, long? index) => loss switch
    {
        { Cause: { } cause } => cause,
        { Signal: 9 } => "Usual causes: the system ran out of memory, or someone killed it.",
        { Signal: 6 } => "Usual causes: an unhandled exception on a thread of the function's own, Environment.FailFast, or a stack overflow.",
        { Signal: 4 or 7 or 8 or 11 } => "Usual cause: a crash in native code that the function calls.",
        { ExitCode: not null } when index is not null => "The function, or something that it calls, ended the process: remove Environment.Exit from it.",
        _ when index is null => "Usual causes: the initializer or a module initializer ended the process, or the program cannot be started a second time.",
        _ => "Usual causes: out of memory, or a crash in native code.",
    };

    private static string NameOf(int signal) => signal switch
    {
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
