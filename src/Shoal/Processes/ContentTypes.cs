using Shoal.Wire;

namespace Shoal.Processes;

/// <summary>The elements of arrays that travel as contents: a table, so that no type has to be found by name before a worker has begun an item.</summary>
internal static class ContentTypes
{
    private static readonly Type[] Elements =
    [
        typeof(byte), typeof(sbyte), typeof(bool), typeof(char), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(float), typeof(double),
        typeof(Half), typeof(decimal), typeof(Guid),
    ];

    /// <summary>The number of an array's type; −1 for arrays that do not travel so.</summary>
    public static int CodeOf(Array array) => array.GetType() is { IsSZArray: true } type ? Array.IndexOf(Elements, type.GetElementType()) : -1;

    /// <summary>The size of an element.</summary>
    public static int BytesOf(int code) => Layout.Size(Elements[code]);

    /// <summary>An array of a type, whose memory is not cleared.</summary>
    /// <exception cref="InvalidDataException">No type has the number.</exception>
    public static Array Allocate(int code, int count)
    {
        if (code < 0 || code >= Elements.Length || count < 0)
            throw new InvalidDataException($"A content claims {count} elements of type {code}.");
        return code switch
        {
            0 => New<byte>(count),
            1 => New<sbyte>(count),
            2 => New<bool>(count),
            3 => New<char>(count),
            4 => New<short>(count),
            5 => New<ushort>(count),
            6 => New<int>(count),
            7 => New<uint>(count),
            8 => New<long>(count),
            9 => New<ulong>(count),
            10 => New<float>(count),
            11 => New<double>(count),
            _ => Array.CreateInstance(Elements[code], count),
        };
    }

    private static T[] New<T>(int count) => GC.AllocateUninitializedArray<T>(count);
}
