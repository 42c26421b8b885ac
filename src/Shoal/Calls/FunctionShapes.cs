namespace Shoal.Calls;

/// <summary>Wraps the user's delegates, and refuses those that no verb can run.</summary>
internal static class FunctionShapes
{
    public static Function<T, R> Of<T, R>(Func<T, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTask<R>(verb);
        return new PlainFunction<T, R>(function);
    }

    public static Function<T, R> Of<T, R>(Func<T, ItemContext, R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTask<R>(verb);
        return new ContextFunction<T, R>(function);
    }

    public static Function<T, R> Of<T, R>(Func<T, Task<R>> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTask<R>(verb);
        return new AsyncFunction<T, R>(function);
    }

    public static Function<T, R> Of<T, R>(Func<T, ItemContext, Task<R>> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTask<R>(verb);
        return new AsyncContextFunction<T, R>(function);
    }

    /// <summary>Refuses a result that is a task: nobody would await it.</summary>
    /// <exception cref="ArgumentException">The result is a task.</exception>
    public static void RefuseTask<R>(string verb)
    {
        var type = typeof(R);
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (type != typeof(ValueTask) && generic != typeof(ValueTask<>) && !typeof(Task).IsAssignableFrom(type))
            return;
        var name = generic is null ? type.Name : $"{type.Name[..type.Name.IndexOf('`')]}<…>";
        throw new ArgumentException(
            $"{verb}: the function returns a {name}, which {verb} would not await. Use Map or MapAsync with a function that returns Task<R>, "
            + "which is awaited, or return the value itself: x => F(x).GetAwaiter().GetResult().");
    }
}
