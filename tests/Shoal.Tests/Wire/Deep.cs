using System.Collections;
using Shoal.Wire;

namespace Shoal.Tests.Wire;

/// <summary>Compares two graphs: the same values, the same types, and the same sharing.</summary>
internal sealed class Deep
{
    private readonly Dictionary<object, object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null where the graphs agree, else where they do not.</summary>
    public static string? Difference(object? expected, object? actual) => new Deep().Compare(expected, actual, "value");

    private string? Compare(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null)
            return expected is null && actual is null ? null : $"{path}: {expected ?? "null"} became {actual ?? "null"}";
        var type = expected.GetType();
        if (actual.GetType() != type)
            return $"{path}: {type} became {actual.GetType()}";
        if (expected is string || type.IsPrimitive || type.IsEnum || expected is decimal or Type or System.Text.RegularExpressions.Regex or Uri or TimeZoneInfo or Delegate)
            return expected.Equals(actual) || expected is System.Text.RegularExpressions.Regex && expected.ToString() == actual.ToString() ? null : $"{path}: {expected} became {actual}";
        if (!type.IsValueType)
        {
            if (_seen.TryGetValue(expected, out var before))
                return ReferenceEquals(before, actual) ? null : $"{path}: one object became two";
            _seen.Add(expected, actual);
        }

        if (expected is Array array)
            return CompareArrays(array, (Array)actual, path);
        if (expected is IEnumerable items && Assemblies.IsFramework(type.Assembly))
            return CompareItems(items.Cast<object?>(), ((IEnumerable)actual).Cast<object?>(), path);
        return CompareFields(type, expected, actual, path);
    }

    private string? CompareArrays(Array expected, Array actual, string path)
    {
        for (var i = 0; i < expected.Rank; i++)
        {
            if (expected.GetLength(i) != actual.GetLength(i) || expected.GetLowerBound(i) != actual.GetLowerBound(i))
                return $"{path}: dimension {i} differs";
        }

        return CompareItems(expected.Cast<object?>(), actual.Cast<object?>(), path);
    }

    private string? CompareItems(IEnumerable<object?> expected, IEnumerable<object?> actual, string path)
    {
        var (left, right) = (expected.ToArray(), actual.ToArray());
        if (left.Length != right.Length)
            return $"{path}: {left.Length} elements became {right.Length}";
        for (var i = 0; i < left.Length; i++)
        {
            if (Compare(left[i], right[i], $"{path}[{i}]") is { } difference)
                return difference;
        }

        return null;
    }

    private string? CompareFields(Type type, object expected, object actual, string path)
    {
        foreach (var field in Layout.Fields(type).Where(f => !f.FieldType.IsPointer))
        {
            if (Compare(field.GetValue(expected), field.GetValue(actual), path + "." + field.Name) is { } difference)
                return difference;
        }

        return null;
    }
}
