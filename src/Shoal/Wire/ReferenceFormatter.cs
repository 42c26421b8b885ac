namespace Shoal.Wire;

/// <summary>A reference: null, an object of this message again, or a new object with its runtime type.</summary>
internal sealed class ReferenceFormatter<T> : Formatter<T>
    where T : class
{
    private ObjectFormatter? _declared;
    private Known? _last;

    public override void Write(WireWriter writer, in T value)
    {
        if (value is null)
        {
            writer.Byte(WireMarks.Null);
        }
        else if (value is string text)
        {
            writer.Byte(WireMarks.Text);
            Formatter<string>.Instance.Write(writer, in text);
        }
        else if (writer.TryBegin(value))
        {
            // Neighbours are mostly of one type: the last one is remembered.
            var last = _last;
            if (last is null || last.Runtime != value.GetType())
                _last = last = new Known(value.GetType());
            if (last.OnWire == typeof(T))
            {
                WriteBody(writer, last.Formatter, value, WireMarks.Declared, null);
            }
            else
            {
                WriteOther(writer, value, last.OnWire, last.Formatter);
            }
        }
    }

    public override void Read(WireReader reader, ref T value) =>
        value = reader.Byte() switch
        {
            WireMarks.Null => null!,
            WireMarks.Back => Typed(reader, reader.Back()),
            WireMarks.Declared => Typed(reader, reader.Body(_declared ??= ObjectFormatter.For(typeof(T)))),
            WireMarks.Other => Typed(reader, reader.Body(Formatter(reader))),
            WireMarks.DeclaredLater => Typed(reader, reader.Later(_declared ??= ObjectFormatter.For(typeof(T)))),
            WireMarks.OtherLater => Typed(reader, reader.Later(Formatter(reader))),
            WireMarks.Text => Typed(reader, reader.Value<string>()),
            var mark => throw reader.Damaged($"{mark} is no mark of a reference"),
        };

    private static void WriteOther(WireWriter writer, object value, Type type, ObjectFormatter formatter)
    {
        if (formatter is RefusingObjectFormatter refusing)
        {
            // An exception that the other side could not name is still worth its message and its stack.
            if (value is not Exception error || !typeof(T).IsAssignableFrom(typeof(RemoteException)))
                refusing.Refuse();
            else
                (value, type) = (ErrorText.StandIn(error), typeof(RemoteException));
            formatter = ObjectFormatter.For(type);
        }

        WriteBody(writer, formatter, value, WireMarks.Other, type);
    }

    private static void WriteBody(WireWriter writer, ObjectFormatter formatter, object value, byte mark, Type? type)
    {
        var isForLater = writer.IsForLater(formatter);
        writer.Byte(isForLater ? (byte)(mark + WireMarks.DeclaredLater - WireMarks.Declared) : mark);
        if (type is not null)
            writer.Types.Write(type);
        if (isForLater)
            writer.Later(formatter, value);
        else
            writer.Body(formatter, value);
    }

    private static ObjectFormatter Formatter(WireReader reader)
    {
        var type = reader.Types.Read();
        return KnownTypes.MayBe(type, typeof(T)) ? ObjectFormatter.For(type) : throw reader.Damaged($"a {TypeText.Of(type)} stands where a {TypeText.Of(typeof(T))} belongs");
    }

    private static T Typed(WireReader reader, object? value) =>
        value as T ?? throw reader.Damaged($"a {value?.GetType().Name ?? "null"} stands where a {TypeText.Of(typeof(T))} belongs");

    private sealed class Known(Type runtime)
    {
        public Type Runtime { get; } = runtime;

        public Type OnWire { get; } = KnownTypes.OnWire(runtime);

        public ObjectFormatter Formatter { get; } = ObjectFormatter.For(KnownTypes.OnWire(runtime));
    }
}
