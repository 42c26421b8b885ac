using Shoal.Calls;
using Shoal.Wire;

namespace Shoal;

/// <summary>A value that each worker makes for itself on its first use: a loaded model, a connection, a buffer.</summary>
/// <typeparam name="T">The type of the value. It never travels, so that it may hold what cannot.</typeparam>
/// <remarks>
/// Capture it in the function: its identity and its factory travel to a worker process, where every call that captured the same
/// object finds the same value; on threads each worker of the pool has its own. Outside a pool each thread has its own.
/// The object itself is thread-safe; the value is used by one worker at a time. A value lives as long as its worker and is not disposed.
/// </remarks>
public sealed class WorkerLocal<T> : IWireSelf<WorkerLocal<T>>
{
    private readonly Func<T> _factory;
    private readonly Guid _id;

    /// <summary>A value that workers make by a factory.</summary>
    /// <param name="factory">Makes the value; an exception goes to the item that asked, and the next use tries again.</param>
    public WorkerLocal(Func<T> factory)
        : this(Guid.NewGuid(), factory)
    {
    }

    private WorkerLocal(Guid id, Func<T> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        (_id, _factory) = (id, factory);
    }

    /// <summary>This worker's value, made now if it is the first use.</summary>
    public T Value => (T)WorkerScope.Current.Get(_id, Make)!;

    internal Guid Id => _id;

    void IWireSelf<WorkerLocal<T>>.WriteTo(WireWriter writer)
    {
        // The same factory makes the same values, in whichever run it was named.
        writer.Raw(writer.Options.IsKey ? Guid.Empty : _id);
        writer.Value(_factory);
    }

    static WorkerLocal<T> IWireSelf<WorkerLocal<T>>.ReadFrom(WireReader reader) => new(reader.Raw<Guid>(), reader.Value<Func<T>>());

    private object? Make() => _factory();
}
