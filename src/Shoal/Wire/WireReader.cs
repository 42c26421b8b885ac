using System.Runtime.CompilerServices;

namespace Shoal.Wire;

/// <summary>Reads one message. It trusts no length: nothing is allocated that the remaining bytes cannot fill.</summary>
/// <remarks>Not thread-safe; valid while the memory is pinned by <see cref="WireFormat.Read{T}(ReadOnlyMemory{byte})"/>.</remarks>
internal sealed unsafe class WireReader
{
    /// <summary>More than any machine holds; what a message claims is compared with it before it is allocated.</summary>
    public const long MaxOutside = 1L << 46;

    private readonly IBlockSource? _source = BlockSource.Current;
    private readonly byte* _start;
    private readonly byte* _end;
    private readonly List<object?> _objects = [];
    private List<Action>? _atEnd;
    private Queue<(IShellFormatter Formatter, object Shell)>? _later;
    private byte* _at;
    private int _depth;

    /// <summary>A reader over pinned memory.</summary>
    public WireReader(byte* start, int length)
    {
        _start = _at = start;
        _end = start + length;
        Types = new TypeReader(this);
    }

    /// <summary>The types that the message has named so far.</summary>
    public TypeReader Types { get; }

    /// <summary>Bytes read so far.</summary>
    public int Position => (int)(_at - _start);

    /// <summary>Bytes not read yet.</summary>
    public long Remaining => _end - _at;

    /// <summary>Reads one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Byte()
    {
        if (_at >= _end)
            throw Damaged("it ends too early");
        return *_at++;
    }

    /// <summary>Reads the memory of a value that holds no references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Raw<T>()
    {
        if (Remaining < Unsafe.SizeOf<T>())
            throw Damaged("it ends too early");
        var value = Unsafe.ReadUnaligned<T>(_at);
        _at += Unsafe.SizeOf<T>();
        return value;
    }

    /// <summary>Reads into a field.</summary>
    public void RawInto<T>(ref T value) => value = Raw<T>();

    /// <summary>Reads a number written by <see cref="WireWriter.Number"/>.</summary>
    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged("a number has too many bytes");
    }

    /// <summary>Reads a number that must be below a limit.</summary>
    public int Number(int limit, string what)
    {
        var value = Number();
        return value < (ulong)limit ? (int)value : throw Damaged($"{what} {value} is not below {limit}");
    }

    /// <summary>Reads a count of things of which each takes at least some bytes of what remains.</summary>
    public int Count(int bytesEach = 1)
    {
        var count = Length();
        CheckRoom(count, bytesEach);
        return count;
    }

    /// <summary>Reads the length of an array, whose elements may be elsewhere.</summary>
    public int Length()
    {
        var value = Number();
        return value <= (ulong)Array.MaxLength ? (int)value : throw Claims(value);
    }

    /// <summary>Throws where so many things cannot be in what remains.</summary>
    public void CheckRoom(int count, int bytesEach)
    {
        if (count > Remaining / bytesEach)
            throw Claims((ulong)count);
    }

    /// <summary>Throws where a large block claims to be at a place that this reader does not know, before memory is allocated for it.</summary>
    public void CheckPlace(byte place)
    {
        if (place != LargeBlock.Lane || _source is null)
            throw Damaged($"a large block is at place {place}, which is not here");
    }

    /// <summary>Reads a block that is not in the message.</summary>
    public void Outside(ref byte destination, long count) => _source!.Read(Raw<long>(), ref destination, count);

    /// <summary>An array that was here before the message.</summary>
    public Array Content() => _source is null ? throw Damaged("there are no contents here") : _source.Content(Raw<long>());

    /// <summary>Reads bytes as they are.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || Remaining < count)
            throw Damaged("it ends too early");
        var bytes = new ReadOnlySpan<byte>(_at, count);
        _at += count;
        return bytes;
    }

    /// <summary>Reads a block of memory.</summary>
    public void Memory(ref byte destination, long count)
    {
        if (count < 0 || Remaining < count)
            throw Damaged("it ends too early");
        fixed (byte* to = &destination)
            Buffer.MemoryCopy(_at, to, count, count);
        _at += count;
    }

    /// <summary>Reads a value as its declared type says.</summary>
    public T Value<T>()
    {
        T value = default!;
        Formatter<T>.Instance.Read(this, ref value);
        return value;
    }

    /// <summary>Registers an object under its number, so that references inside it can lead back.</summary>
    public void Set(int id, object value) => _objects[id] = value;

    /// <summary>The object that was read under a number.</summary>
    public object Back()
    {
        var id = Number(_objects.Count, "the object number");
        return _objects[id] ?? throw Damaged($"object {id} is referred to before it exists");
    }

    /// <summary>Reads the body of a new object.</summary>
    public object Body(ObjectFormatter formatter)
    {
        if (++_depth > DeepStack.MaxDepth)
            throw Damaged($"it is deeper than {DeepStack.MaxDepth:N0} levels");
        var id = _objects.Count;
        _objects.Add(null);
        var value = DeepStack.HasRoom ? formatter.Read(this, id) : BodyOnFreshStack(formatter, id);
        _objects[id] = value;
        _depth--;
        return value;
    }

    /// <summary>Reads a new object whose parts may lead back to something that needs the object first, such as a function over it.</summary>
    /// <param name="formatter">Its formatter.</param>
    /// <param name="onShell">Called when the object exists and has no parts yet.</param>
    public void Body(IShellFormatter formatter, Action<object> onShell)
    {
        var shell = formatter.CreateShell();
        _objects.Add(shell);
        onShell(shell);
        if (++_depth > DeepStack.MaxDepth)
            throw Damaged($"it is deeper than {DeepStack.MaxDepth:N0} levels");
        if (DeepStack.HasRoom)
            formatter.ReadInto(this, shell);
        else
            DeepStack.Run(() => formatter.ReadInto(this, shell));
        _depth--;
    }

    /// <summary>A new object whose body comes after the rest.</summary>
    public object Later(ObjectFormatter formatter)
    {
        if (formatter is not IShellFormatter later)
            throw Damaged("the body of an object is missing");
        var shell = later.CreateShell();
        _objects.Add(shell);
        (_later ??= []).Enqueue((later, shell));
        return shell;
    }

    /// <summary>Reads the bodies that were put off.</summary>
    public void ReadLater()
    {
        while (_later is not null && _later.TryDequeue(out var next))
        {
            _depth++;
            next.Formatter.ReadInto(this, next.Shell);
            _depth--;
        }
    }

    /// <summary>Puts off what may call a user's <c>GetHashCode</c> until all objects are complete.</summary>
    public void AtEnd(Action action) => (_atEnd ??= []).Add(action);

    /// <summary>How many actions are put off.</summary>
    public int PutOff => _atEnd?.Count ?? 0;

    /// <summary>Runs what was put off since, in the order in which it was put off: inner collections before outer ones.</summary>
    public void RunPutOff(int since = 0)
    {
        if (_atEnd is null)
            return;
        for (var i = since; i < _atEnd.Count; i++)
            _atEnd[i]();
        _atEnd.RemoveRange(since, _atEnd.Count - since);
    }

    /// <summary>The one error for bytes that no <see cref="WireWriter"/> wrote.</summary>
    public InvalidDataException Damaged(string what) =>
        new($"A message between caller and worker is damaged at byte {Position} of {_end - _start}: {what}.");

    private InvalidDataException Claims(ulong count) => Damaged($"it claims {count} elements where {Remaining} bytes are left");

    private object BodyOnFreshStack(ObjectFormatter formatter, int id)
    {
        object? value = null;
        DeepStack.Run(() => value = formatter.Read(this, id));
        return value!;
    }
}
