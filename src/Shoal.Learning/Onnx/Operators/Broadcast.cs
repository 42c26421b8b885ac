namespace Shoal.Learning.Onnx;

/// <summary>Shapes that are stretched to a common one as NumPy does: from the last axis on, sizes are equal or 1.</summary>
internal sealed class Broadcast
{
    private readonly int[][] _strides;

    private Broadcast(int[] sizes, int[][] strides) => (Sizes, _strides) = (sizes, strides);

    /// <summary>The common shape.</summary>
    public int[] Sizes { get; }

    /// <summary>The length of the last axis, over which an operand steps by 1 or stands still.</summary>
    public int RowLength => Sizes.Length == 0 ? 1 : Sizes[^1];

    public static Broadcast Of(OnnxCall call, params int[][] shapes)
    {
        var rank = shapes.Max(shape => shape.Length);
        var sizes = new int[rank];
        Array.Fill(sizes, 1);
        foreach (var shape in shapes)
        {
            for (var axis = 0; axis < shape.Length; axis++)
            {
                ref var size = ref sizes[rank - shape.Length + axis];
                if (shape[axis] == 1 || shape[axis] == size)
                    continue;
                size = size == 1
                    ? shape[axis]
                    : throw call.Wrong($"has inputs of shapes {string.Join(" and ", shapes.Select(s => OnnxTensor.Format(s)))}, which do not fit together");
            }
        }

        return new(sizes, Array.ConvertAll(shapes, shape => Strides(shape, rank)));
    }

    /// <summary>The step of an operand from one element of a row to the next: 0 or 1.</summary>
    public int Step(int operand) => Sizes.Length == 0 ? 0 : _strides[operand][^1];

    /// <summary>A walk over the rows.</summary>
    public Odometer Rows() => new(Sizes.Length == 0 ? [] : Sizes[..^1], Array.ConvertAll(_strides, s => s.Length == 0 ? s : s[..^1]));

    private static int[] Strides(int[] shape, int rank)
    {
        var own = Odometer.Strides(shape);
        var strides = new int[rank];
        for (var axis = 0; axis < shape.Length; axis++)
            strides[rank - shape.Length + axis] = shape[axis] == 1 ? 0 : own[axis];
        return strides;
    }
}
