namespace Shoal.Calls;

/// <summary>A function of 2 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, R>(Func<T1, T2, R>? function) : BareFunction<(T1, T2), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2), R> With(Delegate? target) => new StarFunction<T1, T2, R>((Func<T1, T2, R>?)target);

    public override R Invoke((T1, T2) item, ItemContext? context) => function!(item.Item1, item.Item2);

    public override void InvokeAll(ReadOnlySpan<(T1, T2)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2);
            done = i + 1;
        }
    }
}

/// <summary>A function of 3 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, R>(Func<T1, T2, T3, R>? function) : BareFunction<(T1, T2, T3), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3), R> With(Delegate? target) => new StarFunction<T1, T2, T3, R>((Func<T1, T2, T3, R>?)target);

    public override R Invoke((T1, T2, T3) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3);
            done = i + 1;
        }
    }
}

/// <summary>A function of 4 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R>? function) : BareFunction<(T1, T2, T3, T4), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4), R> With(Delegate? target) => new StarFunction<T1, T2, T3, T4, R>((Func<T1, T2, T3, T4, R>?)target);

    public override R Invoke((T1, T2, T3, T4) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3, item.Item4);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3, T4)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3, item.Item4);
            done = i + 1;
        }
    }
}

/// <summary>A function of 5 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, T4, T5, R>(Func<T1, T2, T3, T4, T5, R>? function) : BareFunction<(T1, T2, T3, T4, T5), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4, T5), R> With(Delegate? target) => new StarFunction<T1, T2, T3, T4, T5, R>((Func<T1, T2, T3, T4, T5, R>?)target);

    public override R Invoke((T1, T2, T3, T4, T5) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3, T4, T5)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5);
            done = i + 1;
        }
    }
}

/// <summary>A function of 6 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, T4, T5, T6, R>(Func<T1, T2, T3, T4, T5, T6, R>? function) : BareFunction<(T1, T2, T3, T4, T5, T6), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4, T5, T6), R> With(Delegate? target) => new StarFunction<T1, T2, T3, T4, T5, T6, R>((Func<T1, T2, T3, T4, T5, T6, R>?)target);

    public override R Invoke((T1, T2, T3, T4, T5, T6) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3, T4, T5, T6)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6);
            done = i + 1;
        }
    }
}

/// <summary>A function of 7 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, T4, T5, T6, T7, R>(Func<T1, T2, T3, T4, T5, T6, T7, R>? function) : BareFunction<(T1, T2, T3, T4, T5, T6, T7), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4, T5, T6, T7), R> With(Delegate? target) => new StarFunction<T1, T2, T3, T4, T5, T6, T7, R>((Func<T1, T2, T3, T4, T5, T6, T7, R>?)target);

    public override R Invoke((T1, T2, T3, T4, T5, T6, T7) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6, item.Item7);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3, T4, T5, T6, T7)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6, item.Item7);
            done = i + 1;
        }
    }
}

/// <summary>A function of 8 arguments, called with the parts of a tuple.</summary>
internal sealed class StarFunction<T1, T2, T3, T4, T5, T6, T7, T8, R>(Func<T1, T2, T3, T4, T5, T6, T7, T8, R>? function) : BareFunction<(T1, T2, T3, T4, T5, T6, T7, T8), R>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4, T5, T6, T7, T8), R> With(Delegate? target) => new StarFunction<T1, T2, T3, T4, T5, T6, T7, T8, R>((Func<T1, T2, T3, T4, T5, T6, T7, T8, R>?)target);

    public override R Invoke((T1, T2, T3, T4, T5, T6, T7, T8) item, ItemContext? context) => function!(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6, item.Item7, item.Item8);

    public override void InvokeAll(ReadOnlySpan<(T1, T2, T3, T4, T5, T6, T7, T8)> items, Span<R> results, StopFlag stop, ref int done)
    {
        var f = function!;
        for (var i = 0; i < items.Length && !stop.Raised; i++)
        {
            ref readonly var item = ref items[i];
            results[i] = f(item.Item1, item.Item2, item.Item3, item.Item4, item.Item5, item.Item6, item.Item7, item.Item8);
            done = i + 1;
        }
    }
}
