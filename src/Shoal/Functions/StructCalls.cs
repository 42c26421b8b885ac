using System.Reflection;
using System.Runtime.CompilerServices;

namespace Shoal.Functions;

/// <summary>Whether a method of a struct, or a parameter, can change the variable whose address it is given.</summary>
internal static class StructCalls
{
    /// <summary>Whether a parameter only reads: <c>in</c>, <c>ref readonly</c>, or no address at all.</summary>
    public static bool IsIn(ParameterInfo parameter) =>
        !parameter.ParameterType.IsPointer
        && (!parameter.ParameterType.IsByRef
            || parameter.CustomAttributes.Any(a => a.AttributeType.FullName is "System.Runtime.CompilerServices.IsReadOnlyAttribute" or "System.Runtime.CompilerServices.RequiresLocationAttribute")
            || parameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.InteropServices.InAttribute)));

    /// <summary>Whether a method leaves the variable that it is called on as it is.</summary>
    /// <param name="method">The method as the code names it.</param>
    /// <param name="constrained">The type of the variable, where the method is one of an interface or of <see cref="object"/>.</param>
    public static bool IsRead(MethodBase method, Type? constrained)
    {
        var type = constrained ?? method.DeclaringType!;
        if (!type.IsValueType || IsReadOnly(type) || IsReadOnly(method))
            return true;
        return constrained is not null && Implementation(method, constrained) is var found && (found is null || IsReadOnly(found));
    }

    // The method that runs; null where it is inherited from ValueType, which works on a boxed copy.
    private static MethodInfo? Implementation(MethodBase method, Type type)
    {
        var declaring = method.DeclaringType!;
        if (!declaring.IsInterface)
            return type.GetMethod(method.Name, [.. method.GetParameters().Select(p => p.ParameterType)]) is { } own && own.DeclaringType == type ? own : null;
        var map = type.GetInterfaceMap(declaring);
        var definition = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
        var target = map.TargetMethods[Array.IndexOf(map.InterfaceMethods, (MethodInfo)definition)];
        return target.DeclaringType == type ? target : null;
    }

    private static bool IsReadOnly(Type type) =>
        type.IsPrimitive || type.IsEnum || Has(type) || Nullable.GetUnderlyingType(type) is not null || typeof(ITuple).IsAssignableFrom(type) && type.Assembly == typeof(ValueTuple).Assembly;

    private static bool IsReadOnly(MethodBase method) => Has(method);

    private static bool Has(MemberInfo member) => member.CustomAttributes.Any(a => a.AttributeType.FullName == "System.Runtime.CompilerServices.IsReadOnlyAttribute");
}
