using System.Runtime.InteropServices;

namespace Shoal.Numerics.Kernels;

/// <summary>A storage's values in the order in which a kernel reads them, made once for each state of the values. Belongs to the storage.</summary>
internal sealed unsafe class PackedCopy
{
    private float* _values;
    private long _length;
    private long _version = -1;
    private (int Depth, int Filters, int Columns) _layout;

    /// <summary>Room for the copy, and whether it already holds this version in this layout; else the caller fills it.</summary>
    internal float* Get(long length, (int Depth, int Filters, int Columns) layout, long version, out bool filled)
    {
        filled = version == _version && layout == _layout;
        if (_length < length)
        {
            Free();
            _values = (float*)NativeMemory.AlignedAlloc((nuint)(length + CpuStorage.Slack) * sizeof(float), CpuStorage.Alignment);
            _length = length;
        }

        (_version, _layout) = (version, layout);
        return _values;
    }

    internal void Free()
    {
        NativeMemory.AlignedFree(_values);
        _values = null;
        (_length, _version) = (0, -1);
    }
}
