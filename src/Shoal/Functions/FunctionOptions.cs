using System.Reflection;

namespace Shoal.Functions;

/// <summary>What a pool knows about the functions that it sends.</summary>
/// <param name="Exempt">Static fields that are not compared with the worker's, because the pool's initializer writes them there.</param>
internal sealed record FunctionOptions(IReadOnlySet<FieldInfo> Exempt)
{
    /// <summary>No field is exempt.</summary>
    public static readonly FunctionOptions Default = new(new HashSet<FieldInfo>());

    /// <summary>The options of a pool with an initializer.</summary>
    /// <param name="initializer">What runs once in each worker; null for none.</param>
    public static FunctionOptions For(Delegate? initializer) =>
        initializer is null ? Default : new(initializer.GetInvocationList().SelectMany(part => FunctionWalk.Of(part).StaticsWritten).ToHashSet());

    /// <summary>Whether static fields are compared with the worker's. Default: <c>true</c>.</summary>
    public bool ComparesStatics { get; init; } = true;

    /// <summary>Whether the bytes are only a key: what differs from run to run without a meaning is left out. Default: <c>false</c>.</summary>
    public bool IsKey { get; init; }
}
