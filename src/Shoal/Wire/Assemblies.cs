using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Shoal.Wire;

/// <summary>Which assemblies a worker can load by name, and which belong to the framework.</summary>
internal static class Assemblies
{
    private static readonly ConcurrentDictionary<string, Assembly> Found = new();
    private static readonly ConcurrentDictionary<Assembly, ConcurrentDictionary<string, Type>> Types = new();
    private static readonly ConditionalWeakTable<Assembly, object> Frameworks = [];
    private static readonly ConditionalWeakTable<Assembly, string> Names = [];

    /// <summary>Whether an assembly comes with .NET: its types travel only where Shoal knows them, its code is not walked.</summary>
    public static bool IsFramework(Assembly assembly) => (bool)Frameworks.GetValue(assembly, static a => FindIsFramework(a));

    /// <summary>Why a worker could not load an assembly; null where it can.</summary>
    public static WireRefusal? WhyNot(Assembly assembly)
    {
        if (assembly.IsDynamic || assembly.IsCollectible)
            return new($"code of the generated assembly {assembly.GetName().Name} cannot travel to a worker", "put it into a compiled project");
        var context = AssemblyLoadContext.GetLoadContext(assembly);
        return context is null || context == AssemblyLoadContext.Default
            ? null
            : new($"code of {assembly.GetName().Name} cannot travel to a worker, which does not have its load context {context.Name}", "reference the assembly from the program");
    }

    /// <summary>The simple name of an assembly.</summary>
    public static string NameOf(Assembly assembly) => Names.GetValue(assembly, static a => a.GetName().Name!);

    /// <summary>The type of a full name; null where there is none.</summary>
    public static Type? FindType(Assembly assembly, string name)
    {
        var types = Types.GetOrAdd(assembly, static _ => new());
        if (types.TryGetValue(name, out var known))
            return known;
        return assembly.GetType(name, throwOnError: false) is { } found ? types.GetOrAdd(name, found) : null;
    }

    /// <summary>The assembly of a name, loaded if need be; null where there is none.</summary>
    public static Assembly? Find(string name)
    {
        if (Found.TryGetValue(name, out var known))
            return known;
        try
        {
            return Found.GetOrAdd(name, Assembly.Load(new AssemblyName(name)));
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ArgumentException or System.Security.SecurityException)
        {
            return null;
        }
    }

    private static object FindIsFramework(Assembly assembly)
    {
        var name = assembly.GetName();
        var isNamedSo = name.Name is "mscorlib" or "netstandard" or "WindowsBase" or "System"
            || name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
        return isNamedSo && name.GetPublicKeyToken() is { Length: sizeof(ulong) } key && BinaryPrimitives.ReadUInt64BigEndian(key) is
            0xb77a5c561934e089 or 0xb03f5f7f11d50a3a or 0x7cec85d7bea7798e or 0xcc7b13ffcd2ddd51 or 0x31bf3856ad364e35 or 0xadb9793829ddae60;
    }
}
