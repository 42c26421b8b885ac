namespace Shoal.Functions;

/// <summary>Which captured variables of each closure object the functions of one message read.</summary>
internal sealed class ClosureFields
{
    /// <summary>Whether something was learned about a closure object after it had been written.</summary>
    public bool HasGrown { get; private set; }

    /// <summary>Forgets the message.</summary>
    public void Clear() => HasGrown = false;
}
