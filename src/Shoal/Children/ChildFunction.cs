using Shoal.Calls;

namespace Shoal.Children;

/// <summary>A function as a child process runs it: with the token of <see cref="ChildProcess.StopToken"/> around it.</summary>
internal sealed class ChildFunction<T, R>(Function<T, R> shape) : Function<T, R>
{
    public override Delegate Target => shape.Target;

    public override bool TakesContext => true;

    public override Function<T, R> With(Delegate? target) => new ChildFunction<T, R>(shape.With(target));

    public override R Invoke(T item, ItemContext? context)
    {
        using var scope = ChildScope.Enter(context!.Cancel);
        return shape.Invoke(item, context);
    }
}
