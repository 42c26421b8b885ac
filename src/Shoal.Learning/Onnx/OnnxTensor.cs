using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shoal.Learning.Onnx;

namespace Shoal.Learning;

/// <summary>An array of numbers or truth values with a type and a shape, row-major: what goes into an <see cref="OnnxModel"/> and what comes out.</summary>
/// <remarks>Immutable and thread-safe. At most 2 GB.</remarks>
public sealed class OnnxTensor
{
    /// <summary>A shape without elements may still cost memory where an operator lists an axis; nobody needs more than this.</summary>
    internal const int LargestSizeOfNothing = 1 << 20;

    private readonly int _offset;
    private byte[]? _data;
    private byte[]? _rowMajor;

    /// <summary>
    /// Elements that lie in an array. Between the nodes of a graph, images (batch, channels, rows, columns) of floats may lie channels last, as the
    /// kernels want them; who asks for <see cref="Bytes"/> or <see cref="As{T}()"/> gets them row-major, turned around once.
    /// </summary>
    internal OnnxTensor(TensorType type, int[] sizes, byte[] data, int offset, bool channelsLast = false)
        : this(type, sizes, data, offset, channelsLast, image: null)
    {
    }

    /// <summary>An image of floats, channels last, that lies where the kernels put it; it is read when someone asks for its elements.</summary>
    internal OnnxTensor(int[] sizes, KernelImage image)
        : this(TensorType.F32, sizes, data: null, 0, channelsLast: true, image)
    {
    }

    private OnnxTensor(TensorType type, int[] sizes, byte[]? data, int offset, bool channelsLast, KernelImage? image)
    {
        (Type, Sizes, _data, _offset, IsChannelsLast, Image) = (type, sizes, data, offset, channelsLast, image);
        Count = (int)CountOf(sizes);
    }

    /// <summary>The type of the elements.</summary>
    public TensorType Type { get; }

    /// <summary>The sizes of the axes; empty for a single value.</summary>
    public IReadOnlyList<int> Shape => Sizes;

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    internal int[] Sizes { get; }

    internal int Rank => Sizes.Length;

    /// <summary>Where the elements lie at the kernels, if they do; not for longer than the run.</summary>
    internal KernelImage? Image { get; }

    /// <summary>What holds the elements: two tensors that show the same ones have the same.</summary>
    internal object Owner => Image ?? (object)Data;

    /// <summary>The most that the owner's elements may take, with the copies for readers who want them elsewhere or in another order.</summary>
    internal long MostBytes => (Image is null ? Data.LongLength : 2L * Count * sizeof(float)) + (IsChannelsLast ? Count * (long)sizeof(float) : 0);

    internal bool IsChannelsLast { get; }

    internal Span<byte> Bytes => As<byte>(Count * ElementTypes.Size(Type));

    /// <summary>A tensor of these values.</summary>
    /// <typeparam name="T">float, double, Half, bool, or an integer of 8 to 64 bits.</typeparam>
    /// <param name="shape">The sizes of the axes, 0 or more each; empty for a single value.</param>
    /// <param name="values">As many as the product of the sizes, row-major; copied.</param>
    /// <exception cref="ArgumentException">There are more or fewer values, or their type is none of those.</exception>
    public static OnnxTensor Create<T>(ReadOnlySpan<int> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var type = ElementTypes.Of<T>()
            ?? throw new ArgumentException($"OnnxTensor.Create: {typeof(T).Name} is no type of tensors, expected float, double, Half, bool, or an integer of 8 to 64 bits.");
        if (shape.ContainsAnyInRange(int.MinValue, -1) || CountOf(shape) != values.Length)
        {
            throw new ArgumentException(
                $"OnnxTensor.Create: shape {Format(shape)} does not hold {values.Length} values. Give as many values as the product of the sizes.", nameof(values));
        }

        return new(type, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray(), 0);
    }

    /// <summary>The elements where they are, row-major.</summary>
    /// <typeparam name="T">The .NET type of <see cref="Type"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
        => ElementTypes.Of<T>() == Type ? As<T>() : throw new InvalidOperationException($"The tensor is {Type}, not {typeof(T).Name}.");

    /// <summary>A copy of the elements, row-major.</summary>
    /// <typeparam name="T">The .NET type of <see cref="Type"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The elements have another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
        => Values<T>().ToArray();

    /// <summary>Type and shape, as in <c>F32 (2, 10)</c>.</summary>
    public override string ToString() => $"{Type} {Format(Sizes)}";

    internal static string Format(ReadOnlySpan<int> sizes) => $"({string.Join(", ", sizes.ToArray())})";

    /// <summary>The product of the sizes, or <see cref="long.MaxValue"/> if it leaves the range of int, or is 0 with an unlikely size beside the 0.</summary>
    internal static long CountOf(ReadOnlySpan<int> sizes)
    {
        if (sizes.Contains(0))
            return sizes.ContainsAnyExceptInRange(0, LargestSizeOfNothing) ? long.MaxValue : 0;
        var count = 1L;
        foreach (var size in sizes)
        {
            count *= size;
            if (count > int.MaxValue)
                return long.MaxValue;
        }

        return count;
    }

    /// <summary>The bytes of the elements in the order of files; a copy only on the rare machine that orders them the other way.</summary>
    internal ReadOnlyMemory<byte> LittleEndian()
    {
        if (BitConverter.IsLittleEndian && !IsChannelsLast)
            return Data.AsMemory(_offset, Bytes.Length);
        var turned = Bytes.ToArray();
        for (var at = 0; at < turned.Length && !BitConverter.IsLittleEndian; at += ElementTypes.Size(Type))
            turned.AsSpan(at, ElementTypes.Size(Type)).Reverse();
        return turned;
    }

    /// <summary>The tensor as it leaves a model: with its elements row-major, in an array.</summary>
    internal OnnxTensor Finished() => IsChannelsLast ? new(Type, Sizes, Turn(), 0) : Image is null ? this : new(Type, Sizes, Data, 0);

    /// <summary>The elements in the order in which they lie.</summary>
    internal Span<T> Raw<T>()
        where T : unmanaged
        => MemoryMarshal.Cast<byte, T>(Data.AsSpan(_offset, Count * Unsafe.SizeOf<T>()));

    /// <summary>(batch, rows, columns, channels) as (batch, channels, rows, columns) and back, without moving an element.</summary>
    internal OnnxTensor Reinterpret(int[] sizes, bool channelsLast) => new(Type, sizes, _data, _offset, channelsLast, Image);

    /// <summary>The same elements under another shape of as many.</summary>
    internal OnnxTensor View(int[] sizes) => IsChannelsLast ? new(Type, sizes, Turn(), 0) : new(Type, sizes, _data, _offset, channelsLast: false, Image);

    /// <summary>The elements as values of their own size, row-major, to read or, while an operator makes them, to write.</summary>
    internal Span<T> As<T>()
        where T : unmanaged
        => As<T>(Count);

    private byte[] Data => _data ??= Image!.Read(Count);

    private Span<T> As<T>(int count)
        where T : unmanaged
        => MemoryMarshal.Cast<byte, T>(IsChannelsLast ? Turn().AsSpan(0, count * Unsafe.SizeOf<T>()) : Data.AsSpan(_offset, count * Unsafe.SizeOf<T>()));

    private byte[] Turn()
    {
        if (_rowMajor is not null)
            return _rowMajor;
        var turned = new byte[Count * sizeof(float)];
        var from = Raw<float>();
        var to = MemoryMarshal.Cast<byte, float>(turned.AsSpan());
        var (channels, positions) = (Sizes[1], Sizes[2] * Sizes[3]);
        for (var image = 0; image < to.Length; image += channels * positions)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var plane = to.Slice(image + (channel * positions), positions);
                for (var p = 0; p < plane.Length; p++)
                    plane[p] = from[image + (p * channels) + channel];
            }
        }

        return _rowMajor = turned;
    }
}
