using System.Collections.Concurrent;

namespace Shoal.Wire;

/// <summary>Writes and reads values by their declared type. One instance a type, made on first use.</summary>
internal abstract class Formatter<T>
{
    /// <summary>The formatter of this type.</summary>
    public static readonly Formatter<T> Instance = FormatterFactory.Create<T>();

    /// <summary>Writes a value.</summary>
    /// <exception cref="WireRefusal">Something in it cannot travel.</exception>
    public abstract void Write(WireWriter writer, in T value);

    /// <summary>Reads a value into its place.</summary>
    public abstract void Read(WireReader reader, ref T value);

    // Generated code calls these two: a static call needs no object on the stack.
    internal static void WriteField(WireWriter writer, in T value) => Instance.Write(writer, in value);

    internal static void ReadField(WireReader reader, ref T value) => Instance.Read(reader, ref value);
}

/// <summary>Writes and reads the bodies of objects of one runtime type; identity and null are the business of <see cref="ReferenceFormatter{T}"/>.</summary>
internal abstract class ObjectFormatter
{
    private static readonly ConcurrentDictionary<Type, ObjectFormatter> All = new();

    /// <summary>Whether the object exists only after its parts were read, so that a cycle through it is refused.</summary>
    public virtual bool IsLate(object value) => false;

    /// <summary>The formatter of a type.</summary>
    public static ObjectFormatter For(Type type) => All.TryGetValue(type, out var known) ? known : All.GetOrAdd(type, FormatterFactory.CreateForObject);

    /// <summary>Writes the body.</summary>
    public abstract void Write(WireWriter writer, object value);

    /// <summary>Reads the body; registers the object under <paramref name="id"/> before its parts where it can.</summary>
    public abstract object Read(WireReader reader, int id);
}

/// <summary>Formatters whose objects exist before their parts are read.</summary>
internal interface IShellFormatter
{
    /// <summary>The object, still empty.</summary>
    object CreateShell();

    /// <summary>Reads the parts.</summary>
    void ReadInto(WireReader reader, object shell);
}
