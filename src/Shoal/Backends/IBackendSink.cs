using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>Where a back end reports what its workers did.</summary>
/// <remarks>Thread-safe. The reports of one worker come in the order in which things happened.</remarks>
[Experimental("SHOAL001")]
public interface IBackendSink
{
    /// <summary>The worker has started and takes a batch.</summary>
    void Ready(int worker, WorkerIdentity identity);

    /// <summary>The worker is about to run this item.</summary>
    void Running(int worker, int call, long index);

    /// <summary>The results of <paramref name="count"/> items from <paramref name="index"/> on are stored in the job.</summary>
    void Finished(int worker, int call, long index, int count);

    /// <summary>The function threw at this item. The rest of the batch was not run; the worker is free.</summary>
    void Failed(int worker, int call, long index, Exception error);

    /// <summary>The worker is to be replaced as soon as it has nothing to do: it uses more memory than it may.</summary>
    void Spent(int worker)
    {
    }

    /// <summary>The worker gave up what it had not begun of a batch, from this item on; none where there was nothing.</summary>
    void TakenBack(int worker, long batch, long? from);

    /// <summary>The worker is gone. Nothing more comes from it.</summary>
    void Lost(int worker, WorkerLoss loss);
}
