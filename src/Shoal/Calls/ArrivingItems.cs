using System.Runtime.CompilerServices;

namespace Shoal.Calls;

/// <summary>Items that are taken from a lazy input while the call runs, and dropped when they are done.</summary>
internal sealed class ArrivingItems<T>(IEnumerable<T> source) : ItemStore<T>
{
    private readonly Chunks<T> _chunks = new();
    private IEnumerator<T>? _input;
    private bool _closed;
    private long _taken;

    public override long? Count => null;

    public override long Taken => Volatile.Read(ref _taken);

    public override bool TakeOne()
    {
        if (_closed)
            return false;
        try
        {
            _input ??= source.GetEnumerator();
            if (_input.MoveNext())
            {
                _chunks.Slot(_taken, 1)[0] = _input.Current;
                Volatile.Write(ref _taken, _taken + 1);
                return true;
            }
        }
        catch
        {
            Close();
            throw;
        }

        Close();
        return false;
    }

    public override ReadOnlySpan<T> Range(long start, int count) => _chunks.Slot(start, count);

    public override void Release(long start, int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            _chunks.Clear(start, count);
        _chunks.Finish(start, count);
    }

    public override void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _input?.Dispose();
    }
}
