namespace Shoal.Processes;

/// <summary>How frames travel between a pool and one worker: today a socket. Sending and receiving may happen at once on two threads.</summary>
internal interface IWorkerLink : IDisposable
{
    /// <summary>Hands over all frames of the buffer, which may be cleared afterwards. Where the other side is gone they are dropped: receiving says so.</summary>
    void Send(FrameBuffer frames);

    /// <summary>Waits for a frame.</summary>
    /// <returns>False when no more will come.</returns>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    /// <exception cref="TimeoutException"><paramref name="deadline"/> passed.</exception>
    bool Receive(out Frame frame, long deadline = long.MaxValue);

    /// <summary>Lets frames gather for a while, so that the worker's sends wake nobody. Returns at once where the other process has ended.</summary>
    void Rest(int milliseconds);

    /// <summary>Nothing more is expected: who waits in <see cref="Receive"/> comes back with false when what has arrived is read.</summary>
    void StopReceiving();

    /// <summary>Whether a whole frame is here already.</summary>
    bool HasFrame { get; }
}
