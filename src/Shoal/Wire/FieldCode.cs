using System.Reflection;
using System.Reflection.Emit;

namespace Shoal.Wire;

/// <summary>Writes fields of an object or a struct; <paramref name="at"/> says at which field, should one be refused.</summary>
internal delegate void WriteFields<T>(WireWriter writer, ref T value, ref int at);

/// <summary>Reads fields into an object or a struct.</summary>
internal delegate void ReadFields<T>(WireReader reader, ref T value);

/// <summary>Generates the code that writes and reads a list of fields, once a type: no reflection and no boxing per value.</summary>
/// <remarks>
/// Dynamic methods rather than expression trees: they may write to <c>readonly</c> fields. <typeparamref name="T"/> is <see cref="object"/>
/// for classes and the struct itself for structs.
/// </remarks>
internal static class FieldCode<T>
{
    /// <summary>Code that writes the fields.</summary>
    public static WriteFields<T> Writer(IReadOnlyList<FieldInfo> fields)
    {
        var method = new DynamicMethod("WriteFields", typeof(void), [typeof(WireWriter), typeof(T).MakeByRefType(), typeof(int).MakeByRefType()], typeof(WireWriter).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        for (var i = 0; i < fields.Count; i++)
        {
            var isBlock = Layout.IsBlock(fields[i].FieldType);
            if (!isBlock)
            {
                il.Emit(OpCodes.Ldarg_2);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Stind_I4);
            }

            il.Emit(OpCodes.Ldarg_0);
            LoadField(il, fields[i]);
            il.Emit(OpCodes.Call, isBlock
                ? typeof(WireWriter).GetMethod(nameof(WireWriter.Raw))!.MakeGenericMethod(fields[i].FieldType)
                : typeof(Formatter<>).MakeGenericType(fields[i].FieldType).GetMethod(nameof(Formatter<>.WriteField), BindingFlags.Static | BindingFlags.NonPublic)!);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<WriteFields<T>>();
    }

    /// <summary>Code that reads the fields.</summary>
    public static ReadFields<T> Reader(IReadOnlyList<FieldInfo> fields)
    {
        var method = new DynamicMethod("ReadFields", typeof(void), [typeof(WireReader), typeof(T).MakeByRefType()], typeof(WireReader).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            LoadField(il, field);
            il.Emit(OpCodes.Call, Layout.IsBlock(field.FieldType)
                ? typeof(WireReader).GetMethod(nameof(WireReader.RawInto))!.MakeGenericMethod(field.FieldType)
                : typeof(Formatter<>).MakeGenericType(field.FieldType).GetMethod(nameof(Formatter<>.ReadField), BindingFlags.Static | BindingFlags.NonPublic)!);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<ReadFields<T>>();
    }

    private static void LoadField(ILGenerator il, FieldInfo field)
    {
        il.Emit(OpCodes.Ldarg_1);
        if (!typeof(T).IsValueType)
            il.Emit(OpCodes.Ldind_Ref);
        il.Emit(OpCodes.Ldflda, field);
    }
}
