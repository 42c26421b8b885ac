using System.Reflection;

namespace Shoal.House.Tests;

/// <summary>
/// The public surface equals <c>docs/public-api.txt</c>. After a wanted change: <c>SHOAL_APPROVE=1 dotnet test tests/Shoal.House.Tests</c>.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        var file = Path.Combine(House.Root, "docs", "public-api.txt");
        var actual = string.Join('\n', House.Libraries.SelectMany(name => Describe(House.Load(name)))) + "\n";
        if (Environment.GetEnvironmentVariable("SHOAL_APPROVE") == "1")
            File.WriteAllText(file, actual);

        var approved = File.Exists(file) ? File.ReadAllText(file).Replace("\r\n", "\n", StringComparison.Ordinal) : "";

        var added = actual.Split('\n').Except(approved.Split('\n'));
        var removed = approved.Split('\n').Except(actual.Split('\n'));
        added.ShouldBeEmpty("public, but not in docs/public-api.txt");
        removed.ShouldBeEmpty("in docs/public-api.txt, but not public any more");
    }

    private static IEnumerable<string> Describe(Assembly assembly)
    {
        yield return $"# {assembly.GetName().Name}";
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return $"{Kind(type)} {Name(type)}";
            var members = type
                .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsVisible).Select(Describe).Where(text => text.Length > 0).Distinct().Order(StringComparer.Ordinal);
            foreach (var member in members)
                yield return "  " + Name(type) + "." + member;
        }
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsSubclassOf(typeof(Delegate)) ? "delegate" : "class";

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && !method.Name.Contains('<', StringComparison.Ordinal)
            && (!method.IsSpecialName || method.IsConstructor || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        PropertyInfo property => property.GetAccessors(true).Any(IsVisibleAccessor),
        EventInfo => true,
        _ => false,
    };

    private static bool IsVisibleAccessor(MethodInfo accessor) => accessor.IsPublic || accessor.IsFamily || accessor.IsFamilyOrAssembly;

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"ctor({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}{Generic(method)}({Parameters(method)}): {Name(method.ReturnType)}",
        FieldInfo field => $"{field.Name}: {Name(field.FieldType)}",
        PropertyInfo property => $"{property.Name}{Index(property)} {{{Accessors(property)}}}: {Name(property.PropertyType)}",
        EventInfo ev => $"event {ev.Name}: {Name(ev.EventHandlerType!)}",
        _ => "",
    };

    private static string Accessors(PropertyInfo property) => string.Join(' ', property.GetAccessors(true).Where(IsVisibleAccessor)
        .Select(accessor => accessor.Name.StartsWith("get_", StringComparison.Ordinal) ? "get" : accessor.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init" : "set"));

    private static string Index(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } index ? $"[{string.Join(", ", index.Select(parameter => Name(parameter.ParameterType)))}]" : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters()
        .Select(parameter => Name(parameter.ParameterType) + " " + parameter.Name + (parameter.HasDefaultValue ? " = " + (parameter.RawDefaultValue ?? "default") : "")));

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (type.IsGenericParameter || !type.IsGenericType)
            return type.IsGenericParameter ? type.Name : type.FullName ?? type.Name;
        var name = type.GetGenericTypeDefinition().FullName!;
        return name.Split('`')[0] + "<" + string.Join(", ", type.GetGenericArguments().Select(Name)) + ">";
    }
}
