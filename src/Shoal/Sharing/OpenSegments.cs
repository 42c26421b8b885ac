using Shoal.Processes;

namespace Shoal.Sharing;

/// <summary>
/// The segments that this process has made or opened: each is mapped once, however often its handle comes. A worker keeps what it was handed until its owner has
/// disposed it and the worker runs nothing.
/// </summary>
internal static class OpenSegments
{
    private const int FirstPruning = 64;

    /// <summary>How long an idle worker may hold what its owner has disposed.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(0.5);

    private static readonly Lock Gate = new();
    private static readonly Dictionary<Guid, WeakReference<Segment>> Known = [];
    private static readonly List<Segment> Kept = [];
    private static Timer? _sweeper;
    private static int _pruneAt = FirstPruning;
    private static bool _running;

    /// <summary>Notes a segment that was made here, so that its handle finds it when it comes back.</summary>
    public static void Add(Segment segment)
    {
        lock (Gate)
            Note(segment);
    }

    /// <summary>The segment with this handle: the one that is mapped here already, or opened now.</summary>
    /// <exception cref="ShoalException">It cannot be opened, or is something else.</exception>
    public static Segment Get(SegmentHandle handle, int kind, string what)
    {
        lock (Gate)
        {
            if (Known.TryGetValue(handle.Tag, out var known) && known.TryGetTarget(out var segment) && !segment.IsDisposed
                && segment.Bytes == handle.Bytes && segment.Header.Kind == kind)
                return segment;
            segment = Segment.Open(handle, kind, what);
            Note(segment);
            if (WorkerProcess.IsWorker)
                Keep(segment);
            return segment;
        }
    }

    /// <summary>A worker hands out a segment of its own: it has to live until the other side has opened it, whatever the user's code does with it meanwhile.</summary>
    public static void KeepUntilOpened(Segment segment)
    {
        lock (Gate)
        {
            if (WorkerProcess.IsWorker && segment.Header.Opened == 0 && !Kept.Contains(segment))
                Keep(segment);
        }
    }

    /// <summary>The worker begins a batch: nothing is taken from under it.</summary>
    public static void BeginBatch()
    {
        lock (Gate)
            _running = true;
    }

    /// <summary>The worker's batch is over.</summary>
    public static void EndBatch()
    {
        lock (Gate)
        {
            _running = false;
            Sweep();
        }
    }

    private static void Note(Segment segment)
    {
        if (Known.Count >= _pruneAt)
        {
            foreach (var (tag, known) in Known)
            {
                if (!known.TryGetTarget(out var there) || there.IsDisposed)
                    Known.Remove(tag);
            }

            _pruneAt = Math.Max(FirstPruning, 2 * Known.Count);
        }

        Known[segment.Handle.Tag] = new WeakReference<Segment>(segment);
    }

    private static void Keep(Segment segment)
    {
        Kept.Add(segment);
        _sweeper ??= new Timer(
            static _ =>
            {
                lock (Gate)
                    Sweep();
            },
            null,
            SweepInterval,
            SweepInterval);
    }

    private static void Sweep()
    {
        if (_running)
            return;
        for (var i = Kept.Count - 1; i >= 0; i--)
        {
            var segment = Kept[i];
            ref var header = ref segment.Header;
            var closed = segment.IsDisposed || Volatile.Read(ref header.Closed) != 0;
            if (!closed && (segment.IsOpened || Volatile.Read(ref header.Opened) == 0))
                continue;
            Kept.RemoveAt(i);
            if (closed)
                segment.Dispose();
        }

        if (Kept.Count > 0)
            return;
        _sweeper?.Dispose();
        _sweeper = null;
    }
}
