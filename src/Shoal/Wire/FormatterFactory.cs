using System.Reflection;
using Shoal.Functions;
using Shoal.Wire.Collections;

namespace Shoal.Wire;

/// <summary>Decides, once a type, how its values travel.</summary>
internal static class FormatterFactory
{
    /// <summary>The formatter of a declared type.</summary>
    public static Formatter<T> Create<T>()
    {
        var type = typeof(T);
        if (type == typeof(string))
            return (Formatter<T>)(object)new StringFormatter();
        if (!type.IsValueType)
            return Make<Formatter<T>>(typeof(ReferenceFormatter<>), type);
        if (KnownTypes.Value(type) is { } known)
            return (Formatter<T>)known;
        if (WhyNotStruct(type) is var (what, cure))
            return new RefusingFormatter<T>(what, cure);
        return Layout.IsBlock(type) ? new BlockFormatter<T>() : Make<Formatter<T>>(typeof(StructFormatter<>), type);
    }

    /// <summary>Whether values of a declared type are their memory: whether its formatter is a <see cref="BlockFormatter{T}"/>.</summary>
    public static bool IsBlock(Type type) => type.IsValueType && Layout.IsBlock(type) && KnownTypes.Value(type) is null && WhyNotStruct(type) is null;

    /// <summary>The formatter of objects by their runtime type.</summary>
    public static ObjectFormatter CreateForObject(Type type)
    {
        if (type.IsArray)
            return type.IsSZArray ? Make<ObjectFormatter>(typeof(VectorFormatter<>), type.GetElementType()!) : Make<ObjectFormatter>(typeof(ArrayFormatter<>), type.GetElementType()!, type);
        if (KnownTypes.Object(type) is { } known)
            return known;
        if (typeof(Exception).IsAssignableFrom(type) && Assemblies.WhyNot(type.Assembly) is null)
            return new ExceptionFormatter(type);
        if (WhyNotObject(type) is var (what, cure))
            return new RefusingObjectFormatter(what, cure);
        if (SelfFormatter.For(type) is { } self)
            return self;
        if (type.IsValueType)
            return Make<ObjectFormatter>(typeof(BoxFormatter<>), type);
        if (typeof(Delegate).IsAssignableFrom(type))
            return new DelegateFormatter(type);
        if (CompilerCode.IsClosure(type))
            return new ClosureFormatter(type);
        return (ObjectFormatter?)DerivedCollection(type) ?? new ClassFormatter(type);
    }

    private static (string What, string Cure)? WhyNotStruct(Type type)
    {
        if (Refusals.For(type) is { } refusal)
            return refusal;
        if (Layout.HasHandles(type))
            return ($"{TypeText.Of(type)} cannot travel to a worker: it holds an address or a handle", "copy what you need to a local first");
        if (Layout.IsInlineArray(type) && Layout.HasReferences(type))
            return ($"{TypeText.Of(type)} cannot travel to a worker: it is an inline array of references", "copy it to an array first");
        return type.IsPrimitive || type.IsEnum || !Assemblies.IsFramework(type.Assembly) || KnownTypes.IsPlainStruct(type) ? null : Refusals.Unknown(type);
    }

    private static (string What, string Cure)? WhyNotObject(Type type)
    {
        if (Refusals.For(type) is { } refusal)
            return refusal;
        if (type.IsValueType || typeof(Delegate).IsAssignableFrom(type))
            return null;
        if (type.IsAbstract || type.IsInterface || type.ContainsGenericParameters)
            return ($"{TypeText.Of(type)} cannot travel to a worker: no object has this type", "use a concrete type");
        if (Layout.Fields(type).Any(f => f.FieldType.IsPointer || f.FieldType.IsFunctionPointer) && !CompilerCode.IsClosure(type))
            return ($"{TypeText.Of(type)} cannot travel to a worker: it holds an address", "copy what you need to a local first");
        var framework = FrameworkBase(type);
        if (framework == type)
            return KnownTypes.IsByFields(type) ? null : Refusals.Unknown(type);
        if (Layout.Fields(framework).Count == 0 || KnownTypes.IsByFields(framework) || KnownTypes.Object(framework) is ICanDerive)
            return null;
        return ($"{TypeText.Of(type)} cannot travel to a worker: it derives from {TypeText.Of(framework)}, whose inside belongs to .NET", "copy what you need to a local first");
    }

    private static Type FrameworkBase(Type type)
    {
        while (!Assemblies.IsFramework(type.Assembly))
            type = type.BaseType!;
        return type;
    }

    private static DerivedFormatter? DerivedCollection(Type type)
    {
        var framework = FrameworkBase(type);
        return framework != type && KnownTypes.Object(framework) is ICanDerive collection ? new DerivedFormatter(type, framework, collection) : null;
    }

    private static TFormatter Make<TFormatter>(Type definition, Type argument, params object[] arguments)
    {
        var closed = definition.MakeGenericType(argument);
        return (TFormatter)Activator.CreateInstance(closed, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;
    }
}
