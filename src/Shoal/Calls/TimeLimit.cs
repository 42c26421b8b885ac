using System.Diagnostics;
using System.Globalization;

namespace Shoal.Calls;

/// <summary>Runs one item under <see cref="MapOptions.Timeout"/>, by the clock of where it runs, and says what it throws when its time is up.</summary>
internal static class TimeLimit
{
    /// <summary>
    /// Runs the function; its token is cancelled when the time is up. An item that took longer fails, whatever it returned or threw.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="item">The item.</param>
    /// <param name="start">When the item began, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="of">The item's place, with the token by which the call stops it.</param>
    public static R Invoke<T, R>(Function<T, R> function, T item, long start, TimeSpan limit, ItemContext of)
    {
        // The timer counts whole milliseconds from whole milliseconds: without one more it would often come before the time is up.
        using var source = function.TakesContext ? CancellationTokenSource.CreateLinkedTokenSource(of.Cancel) : null;
        source?.CancelAfter(TimeSpan.FromMilliseconds(Math.Ceiling((limit - Stopwatch.GetElapsedTime(start)).TotalMilliseconds) is var left and > 0 ? left + 1 : 0));
        R result;
        try
        {
            result = function.Invoke(item, source is null ? null : of.With(source.Token));
        }
        catch (Exception error) when (IsOver(start, limit, of) || Obeyed(error, source, of))
        {
            throw new TimeoutException(Message(of.Index, limit), error);
        }

        return IsOver(start, limit, of) ? throw new TimeoutException(Message(of.Index, limit)) : result;
    }

    /// <summary>What an item is said to throw that did not even stop when it was told to.</summary>
    /// <param name="index">The item.</param>
    /// <param name="limit">How long it was allowed to take.</param>
    /// <param name="grace">How long it had to stop.</param>
    /// <param name="end">What became of its worker.</param>
    public static TimeoutException Ignored(long index, TimeSpan limit, TimeSpan grace, string end)
        => new(string.Create(CultureInfo.InvariantCulture, $"{Message(index, limit)} It did not stop within the grace of {grace} either, and {end}."));

    // What a stopped call's item does is no matter of time.
    private static bool IsOver(long start, TimeSpan limit, ItemContext of) => Stopwatch.GetElapsedTime(start) >= limit && !of.Cancel.IsCancellationRequested;

    // The timer's clock may be a tick of the system, 4 or 10 ms, ahead of the other.
    private static bool Obeyed(Exception error, CancellationTokenSource? timer, ItemContext of)
        => error is OperationCanceledException && timer is { IsCancellationRequested: true } && !of.Cancel.IsCancellationRequested;

    private static string Message(long index, TimeSpan limit)
        => string.Create(CultureInfo.InvariantCulture, $"Item {index} ran longer than MapOptions.Timeout allows ({limit}).");
}
