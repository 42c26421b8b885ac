namespace Shoal;

/// <summary>What becomes of a call when an item fails.</summary>
public enum OnFailure
{
    /// <summary>As in a loop: the lowest item that fails ends the call, with its own exception.</summary>
    Stop,

    /// <summary>All items run; if some failed, the call throws an <see cref="ItemsFailedException"/> with all failures and the results of the others.</summary>
    Collect,
}
