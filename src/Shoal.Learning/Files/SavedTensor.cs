using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Shoal.Learning;

/// <summary>One named array of a safetensors file.</summary>
/// <remarks>Immutable as long as nobody writes to what <see cref="Data"/> shows.</remarks>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">What its bytes mean.</param>
/// <param name="Shape">Its sizes, row-major; empty for a single value; a size may be 0.</param>
/// <param name="Data">Its bytes, little-endian.</param>
public sealed record SavedTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A tensor of 32-bit floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes, with the product of the values' count.</param>
    /// <param name="values">Its values, row-major; copied.</param>
    public static SavedTensor FromSingles(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        var data = new byte[checked(values.Length * sizeof(float))];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(data);
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        }

        return new(name, TensorType.F32, shape, data);
    }

    /// <summary>The values of a tensor of 32-bit floats, row-major.</summary>
    /// <exception cref="InvalidOperationException">It has another type.</exception>
    public float[] ToSingles()
    {
        if (Type != TensorType.F32)
            throw new InvalidOperationException($"Tensor {Name} is {Type}, not F32.");
        return Singles().ToArray();
    }

    /// <summary>The values where they are, or a copy on the rare machine that orders bytes the other way.</summary>
    internal ReadOnlySpan<float> Singles()
    {
        if (BitConverter.IsLittleEndian)
            return MemoryMarshal.Cast<byte, float>(Data.Span);
        var values = new float[Data.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(Data.Span[(i * sizeof(float))..]);
        return values;
    }
}
