using Shoal.Calls;

namespace Shoal;

/// <content><c>Apply</c>: one call of a function.</content>
public sealed partial class Pool
{
    /// <summary>Runs a function once, in a worker, and returns its result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<R>(Func<R> function, CancellationToken cancel = default)
        => Run(NoArgument(function, nameof(Apply)), NoItem, null, cancel)[0];

    /// <summary>Begins to run a function once, in a worker.</summary>
    /// <param name="function">The function.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<R>(Func<R> function, CancellationToken cancel = default)
        => Begin(NoArgument(function, nameof(ApplyAsync)), NoItem, null, static results => results[0], cancel);

    /// <summary>Runs a function once, in a worker, and returns its result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T, R>(Func<T, R> function, T first, CancellationToken cancel = default)
        => Run(FunctionShapes.Of(function, nameof(Apply)), [first], null, cancel)[0];

    /// <summary>Begins to run a function once, in a worker.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T, R>(Func<T, R> function, T first, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(ApplyAsync)), [first], null, static results => results[0], cancel);

    /// <summary>Runs a function once, in a worker, and returns its result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, CancellationToken cancel = default)
        => Run(Star(function, nameof(Apply)), [(first, second)], null, cancel)[0];

    /// <summary>Begins to run a function once, in a worker.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, CancellationToken cancel = default)
        => Begin(Star(function, nameof(ApplyAsync)), [(first, second)], null, static results => results[0], cancel);

    /// <summary>Runs a function once, in a worker, and returns its result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third, CancellationToken cancel = default)
        => Run(Star(function, nameof(Apply)), [(first, second, third)], null, cancel)[0];

    /// <summary>Begins to run a function once, in a worker.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third, CancellationToken cancel = default)
        => Begin(Star(function, nameof(ApplyAsync)), [(first, second, third)], null, static results => results[0], cancel);

    /// <summary>Runs a function once, in a worker, and returns its result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>What the function returns.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public R Apply<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancel = default)
        => Run(Star(function, nameof(Apply)), [(first, second, third, fourth)], null, cancel)[0];

    /// <summary>Begins to run a function once, in a worker.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>Map</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancel = default)
        => Begin(Star(function, nameof(ApplyAsync)), [(first, second, third, fourth)], null, static results => results[0], cancel);

    internal static readonly byte[] NoItem = [0];

    internal static NoArgumentFunction<R> NoArgument<R>(Func<R> function, string verb)
    {
        ArgumentNullException.ThrowIfNull(function);
        FunctionShapes.RefuseTask<R>(verb);
        return new NoArgumentFunction<R>(function);
    }
}
