using System.Runtime.InteropServices;

namespace Shoal.Numerics.Kernels;

/// <summary>Floats outside the managed heap, aligned to a cache line, with <see cref="Slack"/> readable floats behind them.</summary>
/// <remarks>The slack lets tiles read past a last column whose results they do not keep; nothing writes there.</remarks>
internal sealed unsafe class CpuStorage : Storage
{
    /// <summary>Floats behind the end that may be read: two of the widest registers, and the rows of a tile.</summary>
    internal const int Slack = 64;

    /// <summary>A cache line.</summary>
    internal const nuint Alignment = 64;

    private readonly int _length;
    private float* _values;

    internal CpuStorage(int length)
    {
        _length = length;
        var bytes = ((nuint)length + Slack) * sizeof(float);
        _values = (float*)NativeMemory.AlignedAlloc(bytes, LargePages.Alignment(bytes));
        LargePages.Wish(_values, bytes);
        NativeMemory.Clear(_values, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    ~CpuStorage() => Dispose(false);

    /// <inheritdoc/>
    public override int Length => _length;

    /// <summary>Counts the kernels that wrote here, so that what is known about the values (all finite, a packed copy) can be kept.</summary>
    internal long Version { get; set; }

    /// <summary>The version whose values were all finite, or −1.</summary>
    internal long FiniteVersion { get; set; } = -1;

    /// <summary>A kernel of convolutions as its forward pass reads it.</summary>
    internal PackedCopy Packed { get; } = new();

    internal float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_values == null, this);
            return _values;
        }
    }

    internal Span<float> Span => new(Pointer, _length);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_values == null)
            return;
        NativeMemory.AlignedFree(_values);
        _values = null;
        Packed.Free();
        GC.RemoveMemoryPressure(((long)_length + Slack) * sizeof(float));
    }
}
