using System.Runtime.CompilerServices;
using Shoal.Calls;

namespace Shoal;

/// <content><c>MapAsync</c> and <c>ApplyAsync</c> over a folder of results.</content>
public sealed partial class CachedPool
{
    /// <summary>Looks for a function's result for every item, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or function or item cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>MapAsync</c>.</remarks>
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Looks for a function's result for every item, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or function or item cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>MapAsync</c>. Seed and index are part of the key.</remarks>
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, ItemContext, R> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Looks for a function's result for every item, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function, whose task the worker awaits before the next item.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or function or item cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>MapAsync</c>.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Looks for a function's result for every item, and begins to run it for those whose results are not stored.</summary>
    /// <param name="items">The items; all of them are taken and looked up before this returns.</param>
    /// <param name="function">The function, which gets the <see cref="ItemContext"/> of its item and whose task the worker awaits before the next one.</param>
    /// <param name="options">What this call changes; progress counts the items that run.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Map</c>.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or function or item cannot travel.</exception>
    /// <exception cref="InvalidOperationException">The pool is closed.</exception>
    /// <remarks>In everything else as <see cref="Pool"/>'s <c>MapAsync</c>. Seed and index are part of the key.</remarks>
    [OverloadResolutionPriority(1)]
    public PoolTask<R[]> MapAsync<T, R>(IEnumerable<T> items, Func<T, ItemContext, Task<R>> function, MapOptions? options = null, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(MapAsync)), items, options, static results => results, cancel);

    /// <summary>Looks for the result of a function, and begins to run it where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>MapAsync</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<R>(Func<R> function, CancellationToken cancel = default)
        => Begin(Pool.NoArgument(function, nameof(ApplyAsync)), Pool.NoItem, null, static results => results[0], cancel);

    /// <summary>Looks for the result of a function, and begins to run it where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>MapAsync</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T, R>(Func<T, R> function, T first, CancellationToken cancel = default)
        => Begin(FunctionShapes.Of(function, nameof(ApplyAsync)), [first], null, static results => results[0], cancel);

    /// <summary>Looks for the result of a function, and begins to run it where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>MapAsync</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(ApplyAsync)), [(first, second)], null, static results => results[0], cancel);

    /// <summary>Looks for the result of a function, and begins to run it where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>MapAsync</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(ApplyAsync)), [(first, second, third)], null, static results => results[0], cancel);

    /// <summary>Looks for the result of a function, and begins to run it where it is not stored.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="cancel">Ends the call and its work.</param>
    /// <returns>A handle; its result and its error are those of <c>Apply</c>.</returns>
    /// <remarks>As <c>MapAsync</c> over one item, with its exceptions.</remarks>
    public PoolTask<R> ApplyAsync<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third, T4 fourth, CancellationToken cancel = default)
        => Begin(Pool.Star(function, nameof(ApplyAsync)), [(first, second, third, fourth)], null, static results => results[0], cancel);
}
