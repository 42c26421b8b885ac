using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shoal.Wire;

/// <summary>What a type is made of: its fields, and whether its memory can be copied as it is.</summary>
internal static class Layout
{
    // FieldAttributes.NotSerialized is marked obsolete together with the old serializers; here it only says what its owner wants.
    private const FieldAttributes NotSerialized = (FieldAttributes)0x80;

    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The instance fields of a type and of its bases, those of the bases first, each in the order of its declaration.</summary>
    public static List<FieldInfo> Fields(Type type, Type? below = null)
    {
        // No query operators: a worker reads its first closure through here, and loading and compiling them takes a millisecond there.
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != below; level = level.BaseType)
        {
            var own = level.GetFields(Own);
            Array.Sort(own, static (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
            fields.InsertRange(0, own);
        }

        return fields;
    }

    /// <summary>Whether values of a type are copied as memory: no references, no handles, and no padding, whose bytes would be random.</summary>
    public static bool IsBlock(Type type)
    {
        if (type.IsEnum || type.IsPrimitive)
            return !IsHandle(type);
        if (!type.IsValueType || type.IsByRefLike || HasReferences(type) || HasHandles(type) || Nullable.GetUnderlyingType(type) is not null)
            return false;
        return IsOpaque(type) || Fields(type).All(f => IsBlock(f.FieldType)) && Fields(type).Sum(f => Size(f.FieldType)) == Size(type) || Fields(type).Count == 0;
    }

    /// <summary>Whether the fields do not tell all of the memory: unions, fixed buffers, inline arrays.</summary>
    public static bool IsOpaque(Type type) =>
        type.IsExplicitLayout || type.StructLayoutAttribute is { Size: > 0 } || IsInlineArray(type) || Fields(type).Any(f => f.FieldType.IsValueType && !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && IsOpaque(f.FieldType));

    /// <summary>Whether a struct repeats its only field.</summary>
    public static bool IsInlineArray(Type type) => type.IsDefined(typeof(InlineArrayAttribute), inherit: false);

    /// <summary>Whether a type is an address or an operating system's handle.</summary>
    public static bool IsHandle(Type type) => type == typeof(nint) || type == typeof(nuint) || type.IsPointer || type.IsFunctionPointer;

    /// <summary>Whether a struct holds addresses or handles, in itself or in its structs.</summary>
    public static bool HasHandles(Type type) =>
        Fields(type).Any(f => IsHandle(f.FieldType) || f.FieldType.IsValueType && !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && HasHandles(f.FieldType));

    /// <summary>Whether values of a type hold references.</summary>
    public static bool HasReferences(Type type) =>
        !type.IsValueType && !type.IsPointer && !type.IsFunctionPointer
        || type.IsValueType && !type.IsPrimitive && !type.IsEnum && Fields(type).Any(f => HasReferences(f.FieldType));

    /// <summary>Bytes of a value in memory.</summary>
    public static int Size(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    /// <summary>
    /// Whether a field stays at its default in a worker: because its owner marked it <c>[NonSerialized]</c>, or because it is a view that
    /// a collection of the framework makes when it is asked for.
    /// </summary>
    public static bool StaysBehind(FieldInfo field) =>
        Assemblies.IsFramework(field.DeclaringType!.Assembly)
            ? field.FieldType is { IsNested: true, IsValueType: false } view && view.DeclaringType!.MetadataToken == field.DeclaringType.MetadataToken && view.Module == field.Module
            : (field.Attributes & NotSerialized) != 0;
}
