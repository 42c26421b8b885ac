namespace Shoal.Wire;

/// <summary>Names of types and members as errors show them.</summary>
internal static class TypeText
{
    /// <summary>A type as C# would name it, without namespaces.</summary>
    public static string Of(Type type)
    {
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Of(inner) + "?";
        var name = type.Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    /// <summary>The step of a path that a field adds; fields that only the compiler knows add what the source says.</summary>
    public static string Step(string field) => Name(field) is { Length: > 0 } name ? "." + name : "";

    /// <summary>The name of a field as the source has it: properties, captured variables and captured <c>this</c> instead of the compiler's names.</summary>
    public static string Name(string field)
    {
        if (field.StartsWith("CS$<>8__locals", StringComparison.Ordinal) || field.StartsWith("<>8__", StringComparison.Ordinal))
            return "";
        if (field.Contains("<>4__this", StringComparison.Ordinal))
            return "this";
        var close = field.IndexOf('>', StringComparison.Ordinal);
        return field.StartsWith('<') && close > 1 ? field[1..close] : field;
    }
}
