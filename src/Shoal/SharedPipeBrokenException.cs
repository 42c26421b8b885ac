using System.Globalization;

namespace Shoal;

/// <summary>The process at the other end of a <see cref="SharedPipe{T}"/> has ended without closing its end, and nothing of it is left to receive.</summary>
public sealed class SharedPipeBrokenException : ShoalException
{
    internal SharedPipeBrokenException(int process)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The SharedPipe is broken: process {process} at its other end has ended without closing it. Close the end when all is sent, or see why the process ended.")) => ProcessId = process;

    /// <summary>The process that has ended.</summary>
    public int ProcessId { get; }
}
