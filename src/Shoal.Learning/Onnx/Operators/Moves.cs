namespace Shoal.Learning.Onnx;

/// <summary>Moves elements without looking at them: only their size matters.</summary>
internal static class Moves
{
    /// <summary>A value of a map that stands for the fill value.</summary>
    public const int Outside = -1;

    /// <summary>y[i, j, …] = x[maps[0][i], maps[1][j], …]; where a map says <see cref="Outside"/>, the fill value.</summary>
    /// <param name="call">The call.</param>
    /// <param name="x">The source.</param>
    /// <param name="maps">For each axis of x the index to take for each index of y.</param>
    /// <param name="fill">The bytes of one element, or empty for 0.</param>
    public static OnnxTensor Remap(OnnxCall call, OnnxTensor x, int[][] maps, ReadOnlySpan<byte> fill = default)
    {
        var y = call.New(x.Type, Array.ConvertAll(maps, map => map.Length));
        if (y.Count == 0)
            return y;
        if (x.Rank == 0)
        {
            x.Bytes.CopyTo(y.Bytes);
            return y;
        }

        switch (ElementTypes.Size(x.Type))
        {
            case 1:
                Remap<byte>(x, y, maps, fill);
                break;
            case 2:
                Remap<ushort>(x, y, maps, fill);
                break;
            case 4:
                Remap<uint>(x, y, maps, fill);
                break;
            default:
                Remap<ulong>(x, y, maps, fill);
                break;
        }

        return y;
    }

    /// <summary>y = x, read with other strides: <paramref name="strides"/> has one for each axis of y.</summary>
    public static OnnxTensor Restride(OnnxCall call, OnnxTensor x, int[] sizes, int[] strides)
    {
        var y = call.New(x.Type, sizes);
        if (y.Count == 0)
            return y;
        switch (ElementTypes.Size(x.Type))
        {
            case 1:
                Restride(x.As<byte>(), y.As<byte>(), sizes, strides);
                break;
            case 2:
                Restride(x.As<ushort>(), y.As<ushort>(), sizes, strides);
                break;
            case 4:
                Restride(x.As<uint>(), y.As<uint>(), sizes, strides);
                break;
            default:
                Restride(x.As<ulong>(), y.As<ulong>(), sizes, strides);
                break;
        }

        return y;
    }

    /// <summary>The whole axis as it is, for <see cref="Remap(OnnxCall, OnnxTensor, int[][], ReadOnlySpan{byte})"/>.</summary>
    public static int[] All(int size) => [.. Enumerable.Range(0, size)];

    private static void Remap<T>(OnnxTensor x, OnnxTensor y, int[][] maps, ReadOnlySpan<byte> fill)
        where T : unmanaged
    {
        var strides = Odometer.Strides(x.Sizes);
        var from = x.As<T>();
        var to = y.As<T>();
        var filler = fill.IsEmpty ? default : System.Runtime.InteropServices.MemoryMarshal.Read<T>(fill);
        var last = maps[^1];
        var index = new int[maps.Length - 1];
        for (var start = 0; start < to.Length; start += last.Length)
        {
            var (offset, inside) = (0, true);
            for (var axis = 0; axis < index.Length; axis++)
            {
                var at = maps[axis][index[axis]];
                inside &= at != Outside;
                offset += at * strides[axis];
            }

            var row = to.Slice(start, last.Length);
            if (inside)
            {
                for (var i = 0; i < row.Length; i++)
                    row[i] = last[i] == Outside ? filler : from[offset + last[i]];
            }
            else
            {
                row.Fill(filler);
            }

            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == maps[axis].Length; axis--)
                index[axis] = 0;
        }
    }

    private static void Restride<T>(ReadOnlySpan<T> from, Span<T> to, int[] sizes, int[] strides)
    {
        if (sizes.Length == 0)
        {
            to[0] = from[0];
            return;
        }

        var rows = new Odometer(sizes[..^1], strides[..^1]);
        var (length, step) = (sizes[^1], strides[^1]);
        for (var start = 0; start < to.Length; start += length)
        {
            var at = rows.Offsets[0];
            foreach (ref var value in to.Slice(start, length))
            {
                value = from[at];
                at += step;
            }

            rows.Next();
        }
    }
}
