using System.Runtime.CompilerServices;

namespace Shoal.Calls;

/// <summary>The functions of <c>ForEach</c>, as functions whose result says nothing.</summary>
internal static class ActionShapes
{
    public static Function<T, byte> Of<T>(Action<T> action, string verb) => new ActionFunction<T>(Awaitable(action, verb));

    public static Function<T, byte> Of<T>(Action<T, ItemContext> action, string verb) => new ContextActionFunction<T>(Awaitable(action, verb));

    public static Function<T, byte> Of<T>(Func<T, Task> action, string verb) => new AsyncActionFunction<T>(Awaitable(action, verb));

    public static Function<T, byte> Of<T>(Func<T, ItemContext, Task> action, string verb) => new AsyncContextActionFunction<T>(Awaitable(action, verb));

    private static F Awaitable<F>(F action, string verb)
        where F : Delegate
    {
        ArgumentNullException.ThrowIfNull(action);
        return action.Method.ReturnType != typeof(void) || !action.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false)
            ? action
            : throw new ArgumentException($"{verb}: the function is async void, which nobody can await. Let it return a Task: async Task F(T item), or pass an async lambda as it is.");
    }
}

/// <summary><c>Action&lt;T&gt;</c>.</summary>
internal sealed class ActionFunction<T>(Action<T>? action) : BareFunction<T, byte>
{
    public override Delegate Target => action!;

    public override Function<T, byte> With(Delegate? target) => new ActionFunction<T>((Action<T>?)target);

    public override byte Invoke(T item, ItemContext? context)
    {
        action!(item);
        return 0;
    }
}

/// <summary><c>Action&lt;T, ItemContext&gt;</c>.</summary>
internal sealed class ContextActionFunction<T>(Action<T, ItemContext>? action) : BareFunction<T, byte>
{
    public override Delegate Target => action!;

    public override bool TakesContext => true;

    public override Function<T, byte> With(Delegate? target) => new ContextActionFunction<T>((Action<T, ItemContext>?)target);

    public override byte Invoke(T item, ItemContext? context)
    {
        action!(item, context!);
        return 0;
    }
}

/// <summary><c>Func&lt;T, Task&gt;</c>.</summary>
internal sealed class AsyncActionFunction<T>(Func<T, Task>? action) : BareFunction<T, byte>
{
    public override Delegate Target => action!;

    public override bool Awaits => true;

    public override Function<T, byte> With(Delegate? target) => new AsyncActionFunction<T>((Func<T, Task>?)target);

    public override byte Invoke(T item, ItemContext? context)
    {
        action!(item).GetAwaiter().GetResult();
        return 0;
    }
}

/// <summary><c>Func&lt;T, ItemContext, Task&gt;</c>.</summary>
internal sealed class AsyncContextActionFunction<T>(Func<T, ItemContext, Task>? action) : BareFunction<T, byte>
{
    public override Delegate Target => action!;

    public override bool TakesContext => true;

    public override bool Awaits => true;

    public override Function<T, byte> With(Delegate? target) => new AsyncContextActionFunction<T>((Func<T, ItemContext, Task>?)target);

    public override byte Invoke(T item, ItemContext? context)
    {
        action!(item, context!).GetAwaiter().GetResult();
        return 0;
    }
}
