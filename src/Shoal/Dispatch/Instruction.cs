namespace Shoal.Dispatch;

/// <summary>What the driver is told to do.</summary>
internal enum InstructionKind
{
    /// <summary>Start a worker.</summary>
    Start,

    /// <summary>Hand a range of a call to a worker.</summary>
    Send,

    /// <summary>Hand a range of a call to its caller, who works as this worker.</summary>
    SendToCaller,

    /// <summary>Cancel the token of the item that a worker runs for a call.</summary>
    Cancel,

    /// <summary>Take back what a worker has not begun of a batch.</summary>
    TakeBack,

    /// <summary>Take back the rear half of what a worker has not begun of a batch.</summary>
    TakeHalf,

    /// <summary>End a worker that is idle.</summary>
    Stop,

    /// <summary>End a worker at once.</summary>
    Kill,

    /// <summary>Take up to this many items from a call's input.</summary>
    Take,

    /// <summary>A call is over: with its results, or with the error that it throws.</summary>
    Complete,

    /// <summary>The items of this range are done.</summary>
    Release,

    /// <summary>The pool wants this number of workers; starts and stops follow.</summary>
    Resize,

    /// <summary>All workers are gone and none will come.</summary>
    Ended,
}

/// <summary>One instruction of the dispatcher; fields that do not apply are 0 or null.</summary>
internal readonly record struct Instruction(
    InstructionKind Kind, int Worker = 0, int Call = 0, long Start = 0, int Count = 0, int Attempt = 0, Exception? Error = null, int Incarnation = 0)
{
    /// <summary>The number of the batch, unique within the pool.</summary>
    public long Batch { get; init; }
}
