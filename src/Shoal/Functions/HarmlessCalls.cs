using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Which methods of the framework, and of Shoal, neither write to the elements of an array that they are given nor keep it. In doubt they do.</summary>
internal static class HarmlessCalls
{
    // Ways around the types, and code that is found by name.
    private static readonly string[] Denied =
    [
        "System.Runtime.InteropServices.", "System.Reflection.", "System.Linq.Expressions.", "Microsoft.", "System.Activator", "System.AppDomain", "System.Buffer",
        "System.Runtime.CompilerServices.Unsafe", "System.Runtime.CompilerServices.ConditionalWeakTable", "System.Threading.ThreadLocal", "System.Threading.AsyncLocal",
        "System.Runtime.CompilerServices.CallSite", "System.Dynamic.", "Shoal.WorkerLocal",
    ];

    // These take arrays and objects, and only read them.
    private static readonly string[] Readers =
    [
        "System.Linq.Enumerable", "System.Numerics.Vector", "System.Runtime.Intrinsics.", "System.String", "System.ReadOnlySpan", "System.Console",
        "System.Convert", "System.BitConverter", "System.Object", "System.GC", "System.ValueTuple", "System.Tuple", "System.Math", "System.ArgumentNullException",
    ];

    private static readonly HashSet<string> ReadersOfArray =
    [
        "get_Length", "get_LongLength", "GetLength", "GetLongLength", "GetLowerBound", "GetUpperBound", "get_Rank", "GetValue", "Clone", "GetEnumerator", "Empty",
        "IndexOf", "LastIndexOf", "BinarySearch", "Exists", "Find", "FindAll", "FindIndex", "FindLast", "FindLastIndex", "TrueForAll", "ConvertAll", "ForEach",
    ];

    private static readonly HashSet<string> ReadersOfHelpers = ["InitializeArray", "GetSubArray", "IsReferenceOrContainsReferences", "EnsureSufficientExecutionStack"];

    // Among the readers too.
    private static readonly string[] Writers = ["CopyTo", "TryCopyTo", "Store", "ToBase64CharArray", "TryWrite"];

    private static readonly HashSet<Type> Lists = [typeof(IList), typeof(ICollection), typeof(IList<>), typeof(ICollection<>)];

    /// <summary>Whether a value can be, or lead to, an array of numbers. Functions are followed on their own.</summary>
    public static bool CanHold(Type type) =>
        !(type.IsPrimitive || type.IsEnum || type.IsPointer || type == typeof(string) || type == typeof(void) || typeof(Delegate).IsAssignableFrom(type)
            || type.IsValueType && !type.IsByRefLike && !Layout.HasReferences(type));

    /// <summary>Whether a method is one of them.</summary>
    public static bool Has(MethodBase method)
    {
        var type = method.DeclaringType!;
        // An array of several dimensions: it is no vector.
        if (type.IsArray)
            return true;
        var name = type.FullName ?? type.Namespace + "." + type.Name;
        if (type == typeof(Array))
            return ReadersOfArray.Contains(method.Name);
        if (type == typeof(RuntimeHelpers))
            return ReadersOfHelpers.Contains(method.Name);
        if (IsOneOf(Denied, name) || method.Name is "GetPinnableReference" or "DynamicInvoke")
            return false;
        if (IsList(type))
            return method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name is "Contains" or "IndexOf";
        // The arguments of a delegate go to code that may be anybody's.
        return IsOneOf(Readers, name) && !Array.Exists(Writers, w => method.Name.StartsWith(w, StringComparison.Ordinal)) || method.GetParameters().All(p => !MayWrite(p.ParameterType));
    }

    private static bool IsOneOf(string[] beginnings, string name) =>
        Array.Exists(beginnings, b => name.StartsWith(b, StringComparison.Ordinal) && (b[^1] == '.' || name.Length == b.Length || name[b.Length] is '[' or '`'));

    private static bool IsList(Type type) => Lists.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type);

    private static bool MayWrite(Type parameter) =>
        parameter.IsByRef ? CanHold(parameter.GetElementType()!)
        : CanHold(parameter) && (parameter.IsArray || parameter == typeof(object) || parameter == typeof(Array) || parameter.IsGenericParameter || IsList(parameter)
            || !Assemblies.IsFramework(parameter.Assembly));
}
