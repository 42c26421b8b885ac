using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Functions;

namespace Shoal.Wire;

/// <content>Blocks of memory that are not copied into the buffer: those that follow in the message, and large ones that have another place.</content>
internal sealed partial class WireWriter
{
    // Below this size a copy is cheaper than an entry in the list of blocks.
    private const int BlockBytes = 16 * 1024;

    private readonly List<Block> _blocks = [];
    private readonly List<Block> _outside = [];
    private readonly List<Delegate> _functions = [];

    /// <summary>Where large blocks may go beside the message; none where it holds everything.</summary>
    public IBlockPlaces? Places { get; private set; }

    /// <summary>Whether objects of the user's classes are in the message: their code may be called in ways that are not followed.</summary>
    public bool HoldsUserObjects { get; set; }

    /// <summary>Notes a function: what it does to the elements of arrays matters where those go beside the message.</summary>
    public void AddFunction(Delegate part)
    {
        if (Places is not null)
            _functions.Add(part);
    }

    /// <summary>The message is complete: gives its large blocks their places.</summary>
    public void PlaceBlocks()
    {
        if (_outside.Count == 0)
            return;
        var written = HoldsUserObjects ? ElementSizes.Any : _functions.Aggregate(ElementSizes.None, (sizes, part) => sizes | ElementWalk.WrittenBy(part));
        foreach (var block in _outside)
        {
            var element = ElementWalk.SizeOf(Layout.Size(block.Array.GetType().GetElementType()!));
            var (place, number) = Places!.Add(block.Array, block.Offset, block.Count, isOnlyRead: (written & element) == 0);
            _buffer[block.Position - 1] = place;
            Unsafe.WriteUnaligned(ref _buffer[block.Position], number);
        }
    }

    /// <summary>Writes a part of the memory of an array whose elements hold no references; a large one may go to another place.</summary>
    public void Memory(Array array, long offset, long count)
    {
        if (count >= LargeBlock.Bytes)
        {
            var isOutside = Places?.Takes(array) == true;
            Byte(isOutside ? LargeBlock.Lane : LargeBlock.Here);
            if (isOutside)
            {
                _outside.Add(new Block(_length, array, offset, count));
                Raw(0L);
                return;
            }
        }

        var block = new Block(_length, array, offset, count);
        if (count >= BlockBytes)
        {
            _blocks.Add(block);
            return;
        }

        Bytes(block.Slice(0, count));
    }

    private void ClearBlocks()
    {
        _blocks.Clear();
        _outside.Clear();
        _functions.Clear();
        HoldsUserObjects = false;
    }

    // A class: lists of structs are not compiled ahead.
    private sealed record Block(int Position, Array Array, long Offset, long Count)
    {
        // A span holds at most 2 GB, an array may be larger.
        private const int PartBytes = 1 << 26;

        public ReadOnlySpan<byte> Slice(long from, long count) =>
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(Array), (nint)(Offset + from)), checked((int)count));

        public void CopyTo(IBufferWriter<byte> output)
        {
            for (long done = 0; done < Count; done += PartBytes)
                output.Write(Slice(done, Math.Min(PartBytes, Count - done)));
        }
    }
}
