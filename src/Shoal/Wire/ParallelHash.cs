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
    private readonly IPartSink? _sink;
    private readonly UInt128[] _digests;
    private int _next;
    private int _done;
    private volatile bool _isRefused;

    private ParallelHash(Array array, long offset, long count, int partBytes, IPartSink? sink)
    {
        (_array, _offset, _count, _partBytes, _sink) = (array, offset, count, partBytes, sink);
        _digests = new UInt128[(count + partBytes - 1) / partBytes];
    }

    /// <summary>The hash of a block of an array's memory, in parts of this size.</summary>
    public static UInt128 Of(Array array, long offset, long count, int partBytes)
    {
        _ = TryOf(array, offset, count, partBytes, null, out var hash);
        return hash;
    }

    /// <summary>The same, and each part is put elsewhere. What is hashed is what was put there, also where the array changes meanwhile.</summary>
    /// <returns>Whether every part was taken.</returns>
    public static bool TryOf(Array array, long offset, long count, int partBytes, IPartSink? sink, out UInt128 digest)
    {
        var hash = new ParallelHash(array, offset, count, partBytes, sink);
        var helpers = count < AloneBytes ? 0 : Math.Min(Environment.ProcessorCount - 1, MostHelpers);
        for (var i = 0; i < helpers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Work(), hash, preferLocal: false);
        hash.Work();
        var wait = default(SpinWait);
        while (Volatile.Read(ref hash._done) < hash._digests.Length)
            wait.SpinOnce();
        digest = ContentHash.Combine(hash._digests);
        return !hash._isRefused;
    }

    private void Work()
    {
        // Fits the second level of the caches: the part is read from memory once.
        var copy = _sink is null ? [] : GC.AllocateUninitializedArray<byte>(_partBytes);
        for (int part; (part = Interlocked.Increment(ref _next) - 1) < _digests.Length;)
        {
            var at = (long)part * _partBytes;
            var bytes = MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), (nint)(_offset + at)), (int)Math.Min(_partBytes, _count - at));
            if (_sink is not null)
            {
                bytes.CopyTo(copy);
                bytes = copy.AsSpan(0, bytes.Length);
                if (!_isRefused && !_sink.Put(at, bytes))
                    _isRefused = true;
            }

            _digests[part] = ContentHash.Part(bytes);
            _ = Interlocked.Increment(ref _done);
        }
    }
}

/// <summary>Takes the parts of a block, in any order and from several threads.</summary>
internal interface IPartSink
{
    /// <summary>Takes one.</summary>
    /// <param name="at">Where it begins in the block.</param>
    /// <param name="part">Its bytes.</param>
    /// <returns>Whether there was room for it.</returns>
    bool Put(long at, ReadOnlySpan<byte> part);
}
