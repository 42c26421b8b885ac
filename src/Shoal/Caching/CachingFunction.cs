using Shoal.Calls;

namespace Shoal.Caching;

/// <summary>A function whose results are stored by the worker that runs it, as each is done: what is finished stays when the call fails.</summary>
internal sealed class CachingFunction<T, R>(Function<T, R> function, string folder, long seed) : Function<Keyed<T>, R>
{
    public override Delegate Target => function.Target;

    public override bool TakesContext => function.TakesContext;

    public override bool Awaits => function.Awaits;

    public override Function<Keyed<T>, R> With(Delegate? target) => new CachingFunction<T, R>(function.With(target), folder, seed);

    public override R Invoke(Keyed<T> item, ItemContext? context)
    {
        // The function sees the place of its item in the whole input, and the random numbers that belong to it.
        var own = context is null ? null : new ItemContext(item.Index, context.Attempt, context.Worker, seed, context.Cancel);
        var result = function.Invoke(item.Item, own);
        CacheFile.Write(folder, item.Key, result);
        return result;
    }
}
