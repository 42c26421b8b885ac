using System.Reflection;
using System.Runtime.CompilerServices;
using Shoal.Functions;

namespace Shoal.Wire;

/// <summary>Objects by their fields. No constructor runs when they are read.</summary>
internal sealed class ClassFormatter : ObjectFormatter, IShellFormatter
{
    private readonly Type _type;
    private readonly List<FieldInfo> _fields;
    private readonly WriteFields<object> _write;
    private readonly ReadFields<object> _read;
    private readonly bool _isOfUser;

    /// <summary>All fields of a type.</summary>
    public ClassFormatter(Type type)
        : this(type, [.. Layout.Fields(type).Where(f => !Layout.StaysBehind(f))])
    {
    }

    /// <summary>Some fields of a type; the others stay at their defaults.</summary>
    public ClassFormatter(Type type, List<FieldInfo> fields)
    {
        _type = type;
        _fields = fields;
        _write = FieldCode<object>.Writer(fields);
        _read = FieldCode<object>.Reader(fields);
        _isOfUser = FunctionWalk.IsOfUser(type.Assembly);
    }

    public override void Write(WireWriter writer, object value)
    {
        writer.HoldsUserObjects |= _isOfUser;
        var at = 0;
        try
        {
            _write(writer, ref value, ref at);
        }
        catch (WireRefusal refusal) when (refusal.At(TypeText.Step(_fields[at].Name)))
        {
        }
    }

    public override object Read(WireReader reader, int id)
    {
        var value = CreateShell();
        reader.Set(id, value);
        ReadInto(reader, value);
        return value;
    }

    public object CreateShell() => RuntimeHelpers.GetUninitializedObject(_type);

    public void ReadInto(WireReader reader, object shell) => _read(reader, ref shell);
}

/// <summary>A struct in a box.</summary>
internal sealed class BoxFormatter<T> : ObjectFormatter
    where T : struct
{
    public override void Write(WireWriter writer, object value)
    {
        writer.HoldsUserObjects |= !typeof(T).IsPrimitive;
        Formatter<T>.Instance.Write(writer, in Unsafe.Unbox<T>(value));
    }

    public override object Read(WireReader reader, int id)
    {
        object value = default(T);
        reader.Set(id, value);
        Formatter<T>.Instance.Read(reader, ref Unsafe.Unbox<T>(value));
        return value;
    }
}

/// <summary>Objects that cannot travel.</summary>
internal sealed class RefusingObjectFormatter(string what, string cure) : ObjectFormatter
{
    /// <summary>Throws the refusal.</summary>
    public void Refuse() => throw new WireRefusal(what, cure);

    public override void Write(WireWriter writer, object value) => Refuse();

    public override object Read(WireReader reader, int id) => throw reader.Damaged(what);
}
