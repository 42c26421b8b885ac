namespace Shoal.Calls;

/// <summary>A <see cref="Function{T, R}"/> of any types.</summary>
internal abstract class FunctionShape
{
    /// <summary>The signature of a call with this shape.</summary>
    public abstract CallDefinition Define(long seed, long timeout);
}

/// <summary>A user's function in one of the shapes that verbs take, as a call on one item.</summary>
/// <remarks>The delegate travels by itself and the rest beside it, so that a refusal's path starts at the function, not at this class.</remarks>
internal abstract class Function<T, R> : FunctionShape
{
    /// <summary>The user's delegate.</summary>
    public abstract Delegate Target { get; }

    /// <summary>Whether <see cref="Invoke"/> needs a context.</summary>
    public virtual bool TakesContext => false;

    /// <summary>Whether the function returns a task that is awaited.</summary>
    public virtual bool Awaits => false;

    /// <summary>The same shape around another delegate; none for the copy that travels.</summary>
    public abstract Function<T, R> With(Delegate? target);

    /// <inheritdoc/>
    public override CallDefinition Define(long seed, long timeout) => new CallDefinition<T, R>(this, seed, timeout);

    /// <summary>Whether another function is sure to have the same shape, so that <see cref="With"/> without a delegate gives the same for both.</summary>
    public virtual bool HasShapeOf(Function<T, R> other) => false;

    /// <summary>Runs the function on one item.</summary>
    public abstract R Invoke(T item, ItemContext? context);

    /// <summary>Runs the function on items in order, until one throws or <paramref name="stop"/> is raised.</summary>
    /// <param name="items">The items.</param>
    /// <param name="results">Receives the results.</param>
    /// <param name="stop">Checked before each item.</param>
    /// <param name="done">Counts the items that are done, also when one throws.</param>
    public virtual void InvokeAll(ReadOnlySpan<T> items, Span<R> results, StopFlag stop, ref int done)
    {
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            results[i] = Invoke(items[i], null);
            done = i + 1;
        }
    }
}

/// <summary>A function whose class holds nothing but its delegate.</summary>
internal abstract class BareFunction<T, R> : Function<T, R>
{
    /// <inheritdoc/>
    public override bool HasShapeOf(Function<T, R> other) => other.GetType() == GetType();
}
