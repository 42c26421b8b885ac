using System.Collections.Concurrent;
using System.Reflection;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Names methods so that overloads and generics cannot be mixed up: the closed declaring type, the metadata token, the type arguments.</summary>
/// <remarks>Tokens mean something in one build only: the declaring type carries the build of its assembly, and the method's name is checked too.</remarks>
internal static class MethodNames
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, MethodInfo[]> Methods = new();

    /// <summary>Why a function cannot be named; null where it can.</summary>
    public static WireRefusal? WhyNot(Delegate function)
    {
        var method = function.Method;
        if (method.DeclaringType is null || function.Target?.GetType().FullName == "System.Runtime.CompilerServices.Closure" || !HasToken(method))
            return new("a function that was compiled at run time cannot travel to a worker", "write it as a lambda or a method");
        if (!method.IsStatic && function.Target is null)
            return new($"{method.Name}, a function that is not bound to its object, cannot travel to a worker", $"write x => x.{method.Name}()");
        return Assemblies.WhyNot(method.Module.Assembly);
    }

    /// <summary>Writes a method.</summary>
    public static void Write(WireWriter writer, MethodInfo method)
    {
        writer.Types.Write(method.DeclaringType!);
        writer.Raw(method.MetadataToken);
        writer.Value(method.Name);
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        writer.Number((ulong)arguments.Length);
        foreach (var argument in arguments)
            writer.Types.Write(argument);
    }

    /// <summary>Reads a method.</summary>
    public static MethodInfo Read(WireReader reader)
    {
        var (type, token, name) = (reader.Types.Read(), reader.Raw<int>(), reader.Value<string>());
        var arguments = new Type[reader.Count()];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = reader.Types.Read();
        var method = Find(type, token);
        if (method is null || method.Name != name || method.GetGenericArguments().Length != arguments.Length)
            throw new ShoalException($"The worker runs another build of {type.Assembly.GetName().Name}: it has no method {name} at its place in {TypeText.Of(type)}. Build again and restart both.");
        return arguments.Length == 0 ? method : method.MakeGenericMethod(arguments);
    }

    private static MethodInfo? Find(Type type, int token) =>
        Array.Find(Methods.GetOrAdd(type, static t => t.GetMethods(Declared)), m => m.MetadataToken == token);

    private static bool HasToken(MethodInfo method)
    {
        try
        {
            return method.MetadataToken != 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
