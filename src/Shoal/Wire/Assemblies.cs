using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Shoal.Wire;

/// <summary>Which assemblies a worker can load by name, and which belong to the framework.</summary>
internal static class Assemblies
{
    private static readonly ConcurrentDictionary<string, Assembly> Found = new();
    private static readonly ConditionalWeakTable<Assembly, object> Frameworks = [];

    private static readonly HashSet<string> FrameworkKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "b77a5c561934e089", "b03f5f7f11d50a3a", "7cec85d7bea7798e", "cc7b13ffcd2ddd51", "31bf3856ad364e35", "adb9793829ddae60",
    };

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
        return isNamedSo && FrameworkKeys.Contains(Convert.ToHexString(name.GetPublicKeyToken() ?? []));
    }
}
