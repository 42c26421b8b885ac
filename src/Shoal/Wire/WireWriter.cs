using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Functions;

namespace Shoal.Wire;

/// <summary>Collects the bytes of one message, with its identity map: an object that comes twice is written once.</summary>
/// <remarks>
/// Nothing reaches the output before the whole message is written, so a refusal leaves no half message behind. Large arrays are not
/// copied into the buffer: they are remembered, and copied once, when the message is handed over. Not thread-safe.
/// </remarks>
internal sealed partial class WireWriter
{
    private const int KeptObjects = 4096;

    // Deeper objects are written later. A collection of garbage looks at every frame of the stack, so deep recursion is slow long before the stack ends.
    private const int MaxNesting = 200;

    [ThreadStatic]
    private static WireWriter? _spare;

    private readonly Dictionary<object, int> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly List<object> _order = [];
    // Made when they are needed: to compile them takes longer than a short message.
    private HashSet<int>? _late;
    private Queue<(ObjectFormatter Formatter, object Value)>? _later;
    private byte[] _buffer = new byte[512];
    private int _length;
    private int _depth;
    private int _attempts;

    private WireWriter()
    {
        Types = new TypeWriter(this);
        Closures = new ClosureFields();
    }

    /// <summary>The types that this message has named so far.</summary>
    public TypeWriter Types { get; }

    /// <summary>Which captured variables travel, for each closure object.</summary>
    public ClosureFields Closures { get; }

    /// <summary>What functions may not be compared by: static fields that the worker sets for itself.</summary>
    public FunctionOptions Options { get; private set; } = FunctionOptions.Default;

    /// <summary>Whether the bytes depend on hashes, so that another process writes the same value differently.</summary>
    public bool OrderIsRandom { get; set; }

    /// <summary>A writer for one message: the thread's spare one, or a new one inside another message.</summary>
    public static WireWriter Rent(FunctionOptions options, object? output = null)
    {
        var writer = _spare ?? new WireWriter();
        _spare = null;
        writer.Options = options;
        writer.Places = (output as IBlockOutput)?.Places;
        return writer;
    }

    /// <summary>Forgets the message and keeps the writer for the next one of this thread.</summary>
    public void Return()
    {
        Restart();
        Closures.Clear();
        if (_buffer.Length <= 1 << 20 && _objects.EnsureCapacity(0) <= KeptObjects)
            _spare = this;
    }

    /// <summary>Forgets what was written, but not what was learned about closures.</summary>
    public void Restart()
    {
        _length = 0;
        _depth = 0;
        _attempts = 0;
        _later?.Clear();
        _objects.Clear();
        _order.Clear();
        ClearBlocks();
        _late?.Clear();
        Types.Clear();
        Closures.Restart();
        OrderIsRandom = false;
    }

    /// <summary>Hands the message over.</summary>
    public void CopyTo(IBufferWriter<byte> output)
    {
        var from = 0;
        foreach (var block in _blocks)
        {
            output.Write(_buffer.AsSpan(from, block.Position - from));
            block.CopyTo(output);
            from = block.Position;
        }

        output.Write(_buffer.AsSpan(from, _length - from));
    }

    /// <summary>Writes one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Byte(byte value)
    {
        if (_length == _buffer.Length)
            Grow(1);
        _buffer[_length++] = value;
    }

    /// <summary>Writes the memory of a value that holds no references.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw<T>(in T value)
    {
        var size = Unsafe.SizeOf<T>();
        if (_buffer.Length - _length < size)
            Grow(size);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), _length), value);
        _length += size;
    }

    /// <summary>Writes a number in as many groups of seven bits as it needs.</summary>
    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Makes room for bytes that the caller fills at once.</summary>
    public Span<byte> Take(int count)
    {
        if (_buffer.Length - _length < count)
            Grow(count);
        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    /// <summary>Writes a value as its declared type says.</summary>
    public void Value<T>(in T value) => Formatter<T>.Instance.Write(this, in value);

    /// <summary>Writes an object by its body, unless it was written before.</summary>
    /// <param name="value">The object.</param>
    /// <param name="isFromOutside">Whether code that is not followed may see the object through this reference.</param>
    /// <returns>False where a reference to the earlier place was written and the body must not follow.</returns>
    public bool TryBegin(object value, bool isFromOutside = true)
    {
        if (isFromOutside)
            Closures.SeenFromOutside(value);
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_objects, value, out var known);
        if (!known)
        {
            id = _order.Count;
            _order.Add(value);
            return true;
        }

        if (_late?.Contains(id) == true)
            throw new WireRefusal($"{TypeText.Of(value.GetType())} contains itself and cannot travel to a worker", "break the cycle, or use a mutable collection");
        Byte(WireMarks.Back);
        Number((ulong)id);
        return false;
    }

    /// <summary>Whether an object has been written in this message.</summary>
    public bool Holds(object value) => _objects.ContainsKey(value);

    /// <summary>Writes the body of an object that <see cref="TryBegin"/> let pass.</summary>
    public void Body(ObjectFormatter formatter, object value)
    {
        if (++_depth > DeepStack.MaxDepth)
            throw new WireRefusal($"an object graph deeper than {DeepStack.MaxDepth:N0} levels cannot travel to a worker", "flatten it into an array");
        var late = formatter.IsLate(value) ? _objects[value] : -1;
        if (late >= 0)
            _ = (_late ??= []).Add(late);
        if (DeepStack.HasRoom)
            formatter.Write(this, value);
        else
            BodyOnFreshStack(formatter, value);
        if (late >= 0)
            _ = _late!.Remove(late);
        _depth--;
    }

    /// <summary>Whether the body of an object is to be written after the rest, because the graph is deep here.</summary>
    public bool IsForLater(ObjectFormatter formatter) => _depth >= MaxNesting && _late is null or { Count: 0 } && _attempts == 0 && formatter is IShellFormatter;

    /// <summary>Puts the body of an object off.</summary>
    public void Later(ObjectFormatter formatter, object value) => (_later ??= []).Enqueue((formatter, value));

    /// <summary>Writes the bodies that were put off.</summary>
    public void WriteLater()
    {
        while (_later is not null && _later.TryDequeue(out var next))
        {
            try
            {
                Body(next.Formatter, next.Value);
            }
            catch (WireRefusal refusal) when (refusal.At("…"))
            {
            }
        }
    }

    /// <summary>Writes a part that may turn out not to travel; nothing of it is left then.</summary>
    /// <returns>Whether it was written.</returns>
    public bool TryWrite(Action write)
    {
        var mark = new Mark(_length, _order.Count, _blocks.Count, _outside.Count, _depth, Types.Here());
        _attempts++;
        try
        {
            write();
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            BackTo(mark);
            return false;
        }
        finally
        {
            _attempts--;
        }
    }

    private void BackTo(Mark mark)
    {
        _length = mark.Length;
        _depth = mark.Depth;
        foreach (var value in _order[mark.Objects..])
        {
            _ = _late?.Remove(_objects[value]);
            _objects.Remove(value);
        }

        _order.RemoveRange(mark.Objects, _order.Count - mark.Objects);
        _blocks.RemoveRange(mark.Blocks, _blocks.Count - mark.Blocks);
        _outside.RemoveRange(mark.Outside, _outside.Count - mark.Outside);
        Types.BackTo(mark.Types);
    }

    private void BodyOnFreshStack(ObjectFormatter formatter, object value) => DeepStack.Run(() => formatter.Write(this, value));

    private void Grow(int count)
    {
        var wanted = Math.Max((long)_length + count, Math.Min(2L * _buffer.Length, Array.MaxLength));
        if (wanted > Array.MaxLength)
            throw new WireRefusal("more than 2 GB of small values in one message cannot travel to a worker", "use arrays of numbers, or smaller parts");
        Array.Resize(ref _buffer, (int)wanted);
    }

    private readonly record struct Mark(int Length, int Objects, int Blocks, int Outside, int Depth, (int Types, int Assemblies) Types);
}
