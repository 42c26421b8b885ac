namespace Shoal.Learning;

/// <summary>What the bytes of a saved tensor mean; the names are those in the file.</summary>
public enum TensorType
{
    /// <summary>One byte, 0 or 1.</summary>
    BOOL,

    /// <summary>Unsigned 8-bit integers.</summary>
    U8,

    /// <summary>Signed 8-bit integers.</summary>
    I8,

    /// <summary>Signed 16-bit integers.</summary>
    I16,

    /// <summary>Unsigned 16-bit integers.</summary>
    U16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a 32-bit float.</summary>
    BF16,

    /// <summary>Signed 32-bit integers.</summary>
    I32,

    /// <summary>Unsigned 32-bit integers.</summary>
    U32,

    /// <summary>32-bit floats.</summary>
    F32,

    /// <summary>64-bit floats.</summary>
    F64,

    /// <summary>Signed 64-bit integers.</summary>
    I64,

    /// <summary>Unsigned 64-bit integers.</summary>
    U64,
}
