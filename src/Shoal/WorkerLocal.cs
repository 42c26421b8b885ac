using Shoal.Calls;

namespace Shoal;

/// <summary>A value that each worker makes for itself on its first use: a loaded model, a connection, a buffer.</summary>
/// <typeparam name="T">The type of the value. It never travels, so that it may hold what cannot.</typeparam>
/// <remarks>
/// Capture it in the function: its identity and its factory travel to a worker process, where every call that captured the same
/// object finds the same value; on threads each worker of the pool has its own. Outside a pool each thread has its own.
/// The object itself is thread-safe; the value is used by one worker at a time. A value lives as long as its worker and is not disposed.
/// </remarks>
/// <param name="factory">Makes the value; an exception goes to the item that asked, and the next use tries again.</param>
public sealed class WorkerLocal<T>(Func<T> factory)
{
    private readonly Func<T> _factory = factory ?? throw new ArgumentNullException(nameof(factory));
    private readonly Guid _id = Guid.NewGuid();

    /// <summary>This worker's value, made now if it is the first use.</summary>
    public T Value => (T)WorkerScope.Current.Get(_id, Make)!;

    internal Guid Id => _id;

    private object? Make() => _factory();
}
