namespace Shoal.Learning.Onnx;

/// <summary>Walks over the positions of a shape in row-major order and keeps an offset for each operand.</summary>
internal sealed class Odometer(int[] sizes, params int[][] strides)
{
    private readonly int[] _index = new int[sizes.Length];

    /// <summary>Where each operand is now.</summary>
    public int[] Offsets { get; } = new int[strides.Length];

    /// <summary>The steps between neighbours on each axis of a row-major array.</summary>
    public static int[] Strides(ReadOnlySpan<int> sizes)
    {
        var strides = new int[sizes.Length];
        var step = 1;
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step = unchecked(step * Math.Max(sizes[axis], 1));
        }

        return strides;
    }

    /// <summary>Goes on by one position; from the last one back to the first.</summary>
    public void Next()
    {
        for (var axis = sizes.Length - 1; axis >= 0; axis--)
        {
            var wraps = ++_index[axis] >= sizes[axis];
            for (var k = 0; k < strides.Length; k++)
                Offsets[k] += wraps ? -strides[k][axis] * (sizes[axis] - 1) : strides[k][axis];
            if (!wraps)
                return;
            _index[axis] = 0;
        }
    }
}
