namespace Shoal.Calls;

/// <summary><c>Func&lt;T, R&gt;</c>.</summary>
internal sealed class PlainFunction<T, R>(Func<T, R>? function) : BareFunction<T, R>
{
    public override Delegate Target => function!;

    public override Function<T, R> With(Delegate? target) => new PlainFunction<T, R>((Func<T, R>?)target);

    public override R Invoke(T item, ItemContext? context) => function!(item);

    public override void InvokeAll(ReadOnlySpan<T> items, Span<R> results, StopFlag stop, ref int done)
    {
        // The hot loop of the in-process back ends: without the virtual call an item.
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            results[i] = f(items[i]);
            done = i + 1;
        }
    }
}

/// <summary><c>Func&lt;T, ItemContext, R&gt;</c>.</summary>
internal sealed class ContextFunction<T, R>(Func<T, ItemContext, R>? function) : BareFunction<T, R>
{
    public override Delegate Target => function!;

    public override bool TakesContext => true;

    public override Function<T, R> With(Delegate? target) => new ContextFunction<T, R>((Func<T, ItemContext, R>?)target);

    public override R Invoke(T item, ItemContext? context) => function!(item, context!);
}

/// <summary><c>Func&lt;T, Task&lt;R&gt;&gt;</c>.</summary>
internal sealed class AsyncFunction<T, R>(Func<T, Task<R>>? function) : BareFunction<T, R>
{
    public override Delegate Target => function!;

    public override bool Awaits => true;

    public override Function<T, R> With(Delegate? target) => new AsyncFunction<T, R>((Func<T, Task<R>>?)target);

    public override R Invoke(T item, ItemContext? context) => function!(item).GetAwaiter().GetResult();
}

/// <summary><c>Func&lt;T, ItemContext, Task&lt;R&gt;&gt;</c>.</summary>
internal sealed class AsyncContextFunction<T, R>(Func<T, ItemContext, Task<R>>? function) : BareFunction<T, R>
{
    public override Delegate Target => function!;

    public override bool TakesContext => true;

    public override bool Awaits => true;

    public override Function<T, R> With(Delegate? target) => new AsyncContextFunction<T, R>((Func<T, ItemContext, Task<R>>?)target);

    public override R Invoke(T item, ItemContext? context) => function!(item, context!).GetAwaiter().GetResult();
}

/// <summary><c>Func&lt;R&gt;</c>: a call without arguments, on one item that says nothing.</summary>
internal sealed class NoArgumentFunction<R>(Func<R>? function) : BareFunction<byte, R>
{
    public override Delegate Target => function!;

    public override Function<byte, R> With(Delegate? target) => new NoArgumentFunction<R>((Func<R>?)target);

    public override R Invoke(byte item, ItemContext? context) => function!();
}
