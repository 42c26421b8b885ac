namespace Shoal.Backends;

/// <summary>A back end whose reports a thread that waits for them can fetch itself, instead of being woken for each.</summary>
internal interface IDrivenBackend
{
    /// <summary>Fetches reports as they come, on this thread and through the same sinks, until nothing has come for a while.</summary>
    /// <param name="stop">Asked between reports; true ends it.</param>
    /// <returns>False where another thread is at it, or nobody can: it did nothing then.</returns>
    bool Drive(Func<bool> stop);
}
