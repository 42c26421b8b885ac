using Shoal.Calls;

namespace Shoal.Processes;

/// <summary>How frames travel between a pool and one worker: rings in shared memory, or a socket. Sending and receiving may happen at once on two threads.</summary>
internal interface IWorkerLink
{
    /// <summary>Hands over all frames of the buffer, which may be cleared afterwards. Where the other side is gone they are dropped: receiving says so.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="wake">Whether whoever waits for frames on the other side is to wake for these. Without it they are found at the latest when the other side looks by itself.</param>
    void Send(FrameBuffer frames, bool wake = true);

    /// <summary>Waits for a frame.</summary>
    /// <returns>False when no more will come.</returns>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    bool Receive(out Frame frame);

    /// <summary>Whether bytes are here that were not received: the next frame, or a part of it.</summary>
    bool HasMore { get; }

    /// <summary>Where a worker writes down which item it runs; none where it has to say so by frames.</summary>
    RunningItem? Running { get; }

    /// <summary>A worker's clock, which the pool sees where memory is shared.</summary>
    WorkClock CreateClock();

    /// <summary>Where a worker collects the results of a block of items; none where each is a frame.</summary>
    OpenResults? Open { get; }
}
