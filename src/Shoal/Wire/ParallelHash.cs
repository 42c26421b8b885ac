using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Wire;

/// <summary>The hash of a large block by this thread, and by others of the process where they are free.</summary>
/// <remarks>
/// Memory is faster than one core reads it. The helpers take parts while there are some; the caller waits for parts that are begun, never for a helper that did not come.
/// </remarks>
internal sealed class ParallelHash
{
    // More do not read faster: the memory is busy.
    private const int MostHelpers = 3;

    // Below this size a helper comes too late.
    private const long AloneBytes = 4 << 20;

    private readonly Array _array;
    private readonly long _offset;
    private readonly long _count;
    private readonly int _partBytes;
    private readonly UInt128[] _digests;
    private int _next;
    private int _done;

    private ParallelHash(Array array, long offset, long count, int partBytes)
    {
        (_array, _offset, _count, _partBytes) = (array, offset, count, partBytes);
        _digests = new UInt128[(count + partBytes - 1) / partBytes];
    }

    /// <summary>The hash of a block of an array's memory, in parts of this size.</summary>
    public static UInt128 Of(Array array, long offset, long count, int partBytes)
    {
        var hash = new ParallelHash(array, offset, count, partBytes);
        var helpers = count < AloneBytes ? 0 : Math.Min(Environment.ProcessorCount - 1, MostHelpers);
        for (var i = 0; i < helpers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Work(), hash, preferLocal: false);
        hash.Work();
        var wait = default(SpinWait);
        while (Volatile.Read(ref hash._done) < hash._digests.Length)
            wait.SpinOnce();
        return ContentHash.Combine(hash._digests);
    }

    private void Work()
    {
        for (int part; (part = Interlocked.Increment(ref _next) - 1) < _digests.Length;)
        {
            var at = (long)part * _partBytes;
            var bytes = MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), (nint)(_offset + at)), (int)Math.Min(_partBytes, _count - at));
            _digests[part] = ContentHash.Part(bytes);
            _ = Interlocked.Increment(ref _done);
        }
    }
}
