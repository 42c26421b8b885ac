using System.Reflection;
using System.Runtime.CompilerServices;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>A closure object by those captured variables that travel; the others stay at their defaults in the worker, where nobody reads them.</summary>
internal sealed class ClosureFormatter(Type type) : ObjectFormatter, IShellFormatter
{
    private readonly Variable[] _variables = [.. Layout.Fields(type).Where(f => !CompilerCode.IsCache(f)).Select(f => new Variable(f))];

    /// <summary>Writes a reference from a function, or from another closure object, to a closure object.</summary>
    public static void WriteReference(WireWriter writer, object closure, bool isDeclared)
    {
        if (!writer.TryBegin(closure, isFromOutside: false))
            return;
        if (isDeclared)
        {
            writer.Byte(WireMarks.Declared);
        }
        else
        {
            writer.Byte(WireMarks.Other);
            writer.Types.Write(closure.GetType());
        }

        writer.Body(For(closure.GetType()), closure);
    }

    public override void Write(WireWriter writer, object value)
    {
        // A closure object that no function announced was reached by a way that is not followed.
        if (!writer.Closures.IsKnown(value))
            writer.Closures.AddWhole(value);
        for (var i = 0; i < _variables.Length; i++)
        {
            var field = _variables[i].Field;
            if (!writer.Closures.Travels(value, field))
                continue;
            writer.Number((ulong)i + 1);
            try
            {
                if (_variables[i].IsOuterScope && field.GetValue(value) is { } outer)
                {
                    WriteReference(writer, outer, isDeclared: true);
                }
                else
                {
                    _variables[i].Write(writer, value);
                }
            }
            catch (WireRefusal refusal) when (refusal.At(TypeText.Step(field.Name)))
            {
            }
        }

        writer.Number(0);
    }

    public override object Read(WireReader reader, int id)
    {
        var value = CreateShell();
        reader.Set(id, value);
        ReadInto(reader, value);
        return value;
    }

    public object CreateShell() => RuntimeHelpers.GetUninitializedObject(type);

    public void ReadInto(WireReader reader, object shell)
    {
        while (reader.Number(_variables.Length + 1, "the number of a captured variable") is > 0 and var number)
            _variables[number - 1].Read(reader, shell);
    }

    private sealed class Variable(FieldInfo variable)
    {
        public FieldInfo Field => variable;

        public bool IsOuterScope { get; } = CompilerCode.IsClosure(variable.FieldType);

        private bool IsAddress => variable.FieldType.IsPointer || variable.FieldType.IsFunctionPointer;

        private FieldAccess Access => field ??= FieldAccess.To(variable.FieldType);

        public void Write(WireWriter writer, object closure)
        {
            if (IsAddress)
                throw new WireRefusal("an address cannot travel to a worker", "it means nothing in another process: copy what it points to to a local first");
            Access.Write(writer, closure, variable);
        }

        public void Read(WireReader reader, object closure)
        {
            if (IsAddress)
                throw reader.Damaged("an address travelled");
            Access.Read(reader, closure, variable);
        }
    }
}
