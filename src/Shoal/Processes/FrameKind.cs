namespace Shoal.Processes;

/// <summary>What a frame says. The README beside this file tells who sends which and when.</summary>
internal enum FrameKind
{
    /// <summary>Parent: number, culture, entry assembly and initializer of the worker.</summary>
    Setup = 1,

    /// <summary>Parent: the function of a call.</summary>
    Define = 2,

    /// <summary>Parent: the function of this call is not needed any more.</summary>
    Forget = 3,

    /// <summary>Parent: a batch; its items follow.</summary>
    Run = 4,

    /// <summary>Parent: one item of the batch.</summary>
    Item = 5,

    /// <summary>Parent: end when the batch is done.</summary>
    Stop = 6,

    /// <summary>Parent, on the life line: give up this batch.</summary>
    Cancel = 7,

    /// <summary>Parent: several items of the batch, side by side; how many comes first.</summary>
    Items = 8,

    /// <summary>Both: what came before this frame needs nothing of the lane up to this position any more.</summary>
    Lane = 9,

    /// <summary>Parent: a large array that the next function captured; its memory comes through the lane.</summary>
    Content = 10,

    /// <summary>Parent: an array that no function needs any more.</summary>
    Drop = 11,

    /// <summary>Parent: a large array that the next function captured; the worker maps it.</summary>
    Filed = 12,

    /// <summary>Worker: who it is.</summary>
    Hello = 16,

    /// <summary>Worker: set up, takes a batch.</summary>
    Ready = 17,

    /// <summary>Worker: could not be set up, and why.</summary>
    StartFailed = 18,

    /// <summary>Worker: begins the first item of a batch.</summary>
    Running = 19,

    /// <summary>Worker: an item's result; the next item of the batch begins.</summary>
    Result = 20,

    /// <summary>Worker: results of several items, side by side, from an index on; the item after them begins.</summary>
    Results = 22,

    /// <summary>Worker: above its limit of memory now that its batch is done, whose last frame follows.</summary>
    Spent = 23,

    /// <summary>Worker: the batch ends before this item, because the pool took back the rest.</summary>
    Cut = 24,

    /// <summary>Worker: an item failed; the rest of the batch is dropped.</summary>
    Error = 21,

    /// <summary>Worker: where its time went; before the last result of a batch, where there is no shared memory that tells.</summary>
    Times = 30,
}
