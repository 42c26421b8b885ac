using System.Collections.Concurrent;
using Shoal.Processes;

namespace Shoal.Calls;

/// <summary>What belongs to one worker: the values of its <see cref="WorkerLocal{T}"/>, and the mark that calls made inside it run serially.</summary>
/// <param name="depth">How many pools it is inside of.</param>
/// <param name="nests">Whether pools that are opened inside it have workers of their own.</param>
internal sealed class WorkerScope(int depth, bool nests)
{
    /// <summary>The most pools with workers of their own inside one another: whoever opens a pool in each item of a pool would else fill the machine.</summary>
    public const int DeepestPool = 3;

    private static readonly AsyncLocal<WorkerScope?> Ambient = new();
    private static readonly Lazy<WorkerScope> OfProcess = new(() => new WorkerScope(WorkerProcess.Depth, WorkerProcess.Nests));

    [ThreadStatic]
    private static WorkerScope? _ofThread;

    [ThreadStatic]
    private static bool _takesInput;

    private readonly ConcurrentDictionary<Guid, Lazy<object?>> _values = new();

    // The whole process of a worker is one worker.
    private static bool InWorkerProcess => WorkerProcess.IsWorker;

    /// <summary>Whether the running code is an item of a pool.</summary>
    public static bool InWorker => InWorkerProcess || (Ambient.Value is not null && !_takesInput);

    /// <summary>The worker whose item the running code is, or none.</summary>
    public static WorkerScope? Here => InWorker ? Current : null;

    /// <summary>The scope of the running code: its worker's, else its thread's.</summary>
    public static WorkerScope Current => Ambient.Value ?? (InWorkerProcess ? OfProcess.Value : _ofThread ??= new WorkerScope(0, nests: false));

    /// <summary>How many pools with workers of their own it is inside of.</summary>
    public int Depth => depth;

    /// <summary>Whether pools that are opened inside it have workers of their own.</summary>
    public bool Nests => nests;

    /// <summary>How many pools with workers of their own the running code is inside of.</summary>
    public static int DepthHere => Here?.Depth ?? 0;

    /// <summary>Whether this thread takes an item from the user's input, which is no part of any item, in the middle of a worker's loop.</summary>
    public static bool TakesInput
    {
        get => _takesInput;
        set => _takesInput = value;
    }

    /// <summary>Makes this the scope of the running code and of the tasks that it starts.</summary>
    /// <returns>What was there before, for <see cref="Restore"/>.</returns>
    public WorkerScope? Enter()
    {
        var previous = Ambient.Value;
        if (previous != this)
            Ambient.Value = this;
        return previous;
    }

    public static void Restore(WorkerScope? previous)
    {
        if (Ambient.Value != previous)
            Ambient.Value = previous;
    }

    /// <summary>The value with this id, made by the factory where it is the first use.</summary>
    public object? Get(Guid id, Func<object?> factory)
    {
        // A factory that throws is asked again at the next use: the entry must not keep the exception.
        var entry = _values.GetOrAdd(id, static (_, make) => new Lazy<object?>(make, LazyThreadSafetyMode.ExecutionAndPublication), factory);
        try
        {
            return entry.Value;
        }
        catch
        {
            _values.TryRemove(new(id, entry));
            throw;
        }
    }
}
