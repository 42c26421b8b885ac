namespace Shoal.Wire;

/// <summary>The byte before the definition of a type.</summary>
internal static class TypeMarks
{
    /// <summary>An assembly and a full name.</summary>
    public const byte Named = 0;

    /// <summary>A generic definition and its arguments.</summary>
    public const byte Constructed = 1;

    /// <summary>An array of one dimension from 0.</summary>
    public const byte Vector = 2;

    /// <summary>Any other array: its rank and the type of its elements.</summary>
    public const byte Array = 3;

    /// <summary>From here on, one of <see cref="Common"/>.</summary>
    public const byte FirstCommon = 8;

    /// <summary>Types that are named by one byte. Only ever append: the order is part of the format.</summary>
    public static readonly Type[] Common =
    [
        typeof(object), typeof(string), typeof(bool), typeof(char), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int),
        typeof(uint), typeof(long), typeof(ulong), typeof(Half), typeof(float), typeof(double), typeof(decimal), typeof(Int128), typeof(UInt128),
        typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Guid), typeof(Type),
        typeof(Nullable<>), typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(KeyValuePair<,>),
        typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(Tuple<,>), typeof(Tuple<,,>),
        typeof(Func<>), typeof(Func<,>), typeof(Func<,,>), typeof(Action), typeof(Action<>),
    ];
}
