using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>A function: for each of its parts, the method and the object that it is bound to.</summary>
internal sealed class DelegateFormatter(Type type) : ObjectFormatter
{
    public override bool IsLate(object value) => !((Delegate)value).HasSingleTarget || ((Delegate)value).Target is { } target && ObjectFormatter.For(KnownTypes.OnWire(target.GetType())) is not IShellFormatter;

    public override void Write(WireWriter writer, object value)
    {
        var parts = ((Delegate)value).GetInvocationList();
        writer.Number((ulong)parts.Length);
        foreach (var part in parts)
        {
            if (FunctionTraveller.WhyNot(part) is { } why)
                throw why;
            writer.AddFunction(part);
            if (part.Target is { } target && CompilerCode.IsClosure(target.GetType()))
                writer.Closures.Add(target, FunctionWalk.Of(part));
        }

        foreach (var part in parts)
        {
            MethodNames.Write(writer, part.Method);
            StaticFields.Write(writer, FunctionWalk.Of(part));
            if (part.Target is { } target && CompilerCode.IsClosure(target.GetType()))
                ClosureFormatter.WriteReference(writer, target, isDeclared: false);
            else
                writer.Value(part.Target);
        }
    }

    public override object Read(WireReader reader, int id)
    {
        var count = reader.Count();
        if (count == 0)
            throw reader.Damaged("a function has no method");
        Delegate? all = null;
        for (var i = 0; i < count; i++)
            all = Delegate.Combine(all, ReadPart(reader, count == 1 ? id : null));
        return all!;
    }

    // The function exists as soon as its target does: a recursive lambda is a field of its own target.
    private Delegate ReadPart(WireReader reader, int? id)
    {
        var method = MethodNames.Read(reader);
        StaticFields.Check(reader);
        var mark = reader.Byte();
        if (mark != WireMarks.Other)
        {
            var target = mark switch
            {
                WireMarks.Null => null,
                WireMarks.Back => reader.Back(),
                WireMarks.Declared => reader.Body(ObjectFormatter.For(typeof(object))),
                WireMarks.Text => reader.Value<string>(),
                _ => throw reader.Damaged($"{mark} is no mark of a reference"),
            };
            return method.IsStatic && target is null ? Delegate.CreateDelegate(type, method) : Delegate.CreateDelegate(type, target, method);
        }

        var formatter = ObjectFormatter.For(reader.Types.Read());
        if (formatter is not IShellFormatter shell)
            return Delegate.CreateDelegate(type, reader.Body(formatter), method);

        Delegate? function = null;
        reader.Body(shell, target =>
        {
            function = Delegate.CreateDelegate(type, target, method);
            if (id is { } number)
                reader.Set(number, function);
        });
        return function!;
    }
}
