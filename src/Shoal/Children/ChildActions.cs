using Shoal.Calls;

namespace Shoal.Children;

/// <summary>What a function without a result returns.</summary>
internal readonly struct Nothing;

/// <summary>A function without a result, of no argument.</summary>
internal sealed class ChildAction(Action? function) : Function<byte, Nothing>
{
    public override Delegate Target => function!;

    public override Function<byte, Nothing> With(Delegate? target) => new ChildAction((Action?)target);

    public override Nothing Invoke(byte item, ItemContext? context)
    {
        function!();
        return default;
    }
}

/// <summary>A function without a result, of 1 argument.</summary>
internal sealed class ChildAction<T>(Action<T>? function) : Function<T, Nothing>
{
    public override Delegate Target => function!;

    public override Function<T, Nothing> With(Delegate? target) => new ChildAction<T>((Action<T>?)target);

    public override Nothing Invoke(T item, ItemContext? context)
    {
        function!(item);
        return default;
    }
}

/// <summary>A function without a result, of 2 arguments.</summary>
internal sealed class ChildAction<T1, T2>(Action<T1, T2>? function) : Function<(T1, T2), Nothing>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2), Nothing> With(Delegate? target) => new ChildAction<T1, T2>((Action<T1, T2>?)target);

    public override Nothing Invoke((T1, T2) item, ItemContext? context)
    {
        function!(item.Item1, item.Item2);
        return default;
    }
}

/// <summary>A function without a result, of 3 arguments.</summary>
internal sealed class ChildAction<T1, T2, T3>(Action<T1, T2, T3>? function) : Function<(T1, T2, T3), Nothing>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3), Nothing> With(Delegate? target) => new ChildAction<T1, T2, T3>((Action<T1, T2, T3>?)target);

    public override Nothing Invoke((T1, T2, T3) item, ItemContext? context)
    {
        function!(item.Item1, item.Item2, item.Item3);
        return default;
    }
}

/// <summary>A function without a result, of 4 arguments.</summary>
internal sealed class ChildAction<T1, T2, T3, T4>(Action<T1, T2, T3, T4>? function) : Function<(T1, T2, T3, T4), Nothing>
{
    public override Delegate Target => function!;

    public override Function<(T1, T2, T3, T4), Nothing> With(Delegate? target) => new ChildAction<T1, T2, T3, T4>((Action<T1, T2, T3, T4>?)target);

    public override Nothing Invoke((T1, T2, T3, T4) item, ItemContext? context)
    {
        function!(item.Item1, item.Item2, item.Item3, item.Item4);
        return default;
    }
}
