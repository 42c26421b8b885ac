using System.Collections.Concurrent;
using System.Reflection;
using Shoal.Wire;

namespace Shoal.Caching;

/// <summary>
/// The builds that code can reach by reference: the version ids of an assembly and of all that it references, and so on, but the framework's.
/// </summary>
internal static class Builds
{
    private static readonly ConcurrentDictionary<Assembly, string> Known = new();

    /// <summary>Name and version id of each reachable assembly, in the order of names.</summary>
    public static string Of(Assembly assembly) => Known.GetOrAdd(assembly, static root => Describe(root));

    private static string Describe(Assembly root)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<Assembly>([root]);
        while (open.TryDequeue(out var assembly))
        {
            if (Assemblies.IsFramework(assembly) || !found.TryAdd(assembly.GetName().Name!, assembly.ManifestModule.ModuleVersionId.ToString("N")))
                continue;
            foreach (var reference in assembly.GetReferencedAssemblies())
            {
                // One that is not there cannot be called, but may come later: then its id takes the place of its name.
                if (Assemblies.Find(reference.FullName) is { } next)
                    open.Enqueue(next);
                else
                    found.TryAdd(reference.Name!, reference.FullName);
            }
        }

        return string.Join(';', found.Select(entry => $"{entry.Key}={entry.Value}"));
    }
}
