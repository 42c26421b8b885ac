namespace Shoal.Learning.Onnx;

/// <summary>The types of elements: their size, their .NET type, and their number in ONNX files (TensorProto.DataType).</summary>
internal static class ElementTypes
{
    public static int Size(TensorType type) => (int)SafeTensors.Alignment(type);

    public static TensorType? Of<T>() => Of(typeof(T));

    /// <summary>The type with this number in ONNX files, or null if tensors here cannot have it.</summary>
    public static TensorType? FromOnnx(long number) => number switch
    {
        1 => TensorType.F32,
        2 => TensorType.U8,
        3 => TensorType.I8,
        4 => TensorType.U16,
        5 => TensorType.I16,
        6 => TensorType.I32,
        7 => TensorType.I64,
        9 => TensorType.BOOL,
        10 => TensorType.F16,
        11 => TensorType.F64,
        12 => TensorType.U32,
        13 => TensorType.U64,
        _ => null,
    };

    /// <summary>The type's number in ONNX files.</summary>
    public static int ToOnnx(TensorType type) => Enumerable.Range(1, 16).Single(number => FromOnnx(number) == type);

    /// <summary>What ONNX calls the type with this number, for messages.</summary>
    public static string OnnxName(long number)
    {
        string[] names =
        [
            "UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64",
            "COMPLEX64", "COMPLEX128", "BFLOAT16",
        ];
        return number >= 0 && number < names.Length ? names[number] : $"number {number}";
    }

    private static TensorType? Of(Type type) =>
        type == typeof(float) ? TensorType.F32
        : type == typeof(double) ? TensorType.F64
        : type == typeof(Half) ? TensorType.F16
        : type == typeof(bool) ? TensorType.BOOL
        : type == typeof(sbyte) ? TensorType.I8
        : type == typeof(byte) ? TensorType.U8
        : type == typeof(short) ? TensorType.I16
        : type == typeof(ushort) ? TensorType.U16
        : type == typeof(int) ? TensorType.I32
        : type == typeof(uint) ? TensorType.U32
        : type == typeof(long) ? TensorType.I64
        : type == typeof(ulong) ? TensorType.U64
        : null;
}
