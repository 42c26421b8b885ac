using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Shoal.Wire;

/// <summary>
/// Exceptions by message, data, inner exceptions and their own fields. The runtime's own fields stay behind, and so does what cannot travel;
/// the stack is set once, as text, on the fresh object. A part that cannot travel is dropped: the rest is worth having without it.
/// </summary>
internal sealed class ExceptionFormatter : ObjectFormatter, IShellFormatter
{
    private readonly Type _type;
    private readonly (WriteFields<object> Write, ReadFields<object> Read)[] _own;

    public ExceptionFormatter(Type type)
    {
        _type = type;
        _own = [.. Layout.Fields(type, below: typeof(Exception)).Where(f => !Layout.StaysBehind(f) && CanTry(f.FieldType)).Select(Code)];
    }

    public override void Write(WireWriter writer, object value)
    {
        var error = (Exception)value;
        writer.Value(MessageOf(error));
        writer.Value(ErrorText.Stack(error));
        writer.Value(ErrorText.Source(error));
        writer.Value(HelpOf(error));
        writer.Raw(error.HResult);
        if (!writer.TryWrite(() => writer.Value(InnerOf(error))))
            writer.Byte(WireMarks.Null);
        WriteData(writer, error);
        for (var i = 0; i < _own.Length; i++)
        {
            var (number, at, write) = (i, 0, _own[i].Write);
            writer.TryWrite(() =>
            {
                writer.Number((ulong)number + 1);
                write(writer, ref value, ref at);
            });
        }

        writer.Number(0);
    }

    public override object Read(WireReader reader, int id)
    {
        var error = CreateShell();
        reader.Set(id, error);
        ReadInto(reader, error);
        return error;
    }

    public object CreateShell() => RuntimeHelpers.GetUninitializedObject(_type);

    public void ReadInto(WireReader reader, object shell)
    {
        var error = (Exception)shell;
        MessageOf(error) = reader.Value<string?>();
        var stack = reader.Value<string?>();
        SourceOf(error) = reader.Value<string?>();
        HelpOf(error) = reader.Value<string?>();
        error.HResult = reader.Raw<int>();
        InnerOf(error) = reader.Value<Exception?>();
        ReadData(reader, error);
        while (reader.Number(_own.Length + 1, "the field number") is > 0 and var number)
            _own[number - 1].Read(reader, ref shell);
        if (!string.IsNullOrEmpty(stack))
            ExceptionDispatchInfo.SetRemoteStackTrace(error, stack);
    }

    private static void WriteData(WireWriter writer, Exception error)
    {
        foreach (var entry in DataOf(error)?.Cast<DictionaryEntry>().ToArray() ?? [])
        {
            writer.TryWrite(() =>
            {
                writer.Byte(1);
                writer.Value<object?>(entry.Key);
                writer.Value(entry.Value);
            });
        }

        writer.Byte(0);
    }

    private static void ReadData(WireReader reader, Exception error)
    {
        while (reader.Byte() == 1)
        {
            var (key, value) = (reader.Value<object?>(), reader.Value<object?>());
            reader.AtEnd(() => error.Data[key ?? throw reader.Damaged("a key is null")] = value);
        }
    }

    private static bool CanTry(Type type) => !type.IsPointer && !type.IsFunctionPointer && !type.IsByRefLike;

    private static (WriteFields<object> Write, ReadFields<object> Read) Code(FieldInfo field) => (FieldCode<object>.Writer([field]), FieldCode<object>.Reader([field]));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? MessageOf(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    private static extern ref string? SourceOf(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_helpURL")]
    private static extern ref string? HelpOf(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerOf(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_data")]
    private static extern ref IDictionary? DataOf(Exception error);
}
