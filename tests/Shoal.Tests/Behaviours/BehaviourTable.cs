using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Shoal.Tests.Behaviours;

/// <summary>Which test shows which behaviour on which back end, read from the traits of the tests.</summary>
/// <remarks>
/// A test carries <c>[Trait("Behaviour", "13")]</c>. Tests of the contract run on the back end that the class names in <c>[Trait("Backend", …)]</c>;
/// a test that skips itself elsewhere says where it runs in <c>[Trait("Only", …)]</c>.
/// </remarks>
internal static partial class BehaviourTable
{
    public const int Count = 47;

    private static readonly string[] Everywhere = ["serial", "serial:strict", "auto", "threads", "processes"];

    // What the tests of a folder are about, where they are no contract.
    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["Processes"] = ["processes"],
        ["Children"] = ["processes"],
        ["Sharing"] = ["processes"],
        ["Threads"] = ["threads"],
        ["Wire"] = ["serial:strict", "processes"],
        ["Functions"] = ["serial:strict", "processes"],
        ["Pools"] = Everywhere,
        ["Programs"] = ["processes"],
    };

    /// <summary>What the tests show, by the number of the behaviour.</summary>
    public static IReadOnlyDictionary<int, Shown> Read()
    {
        var shown = new Dictionary<int, Shown>();
        var types = typeof(BehaviourTable).Assembly.GetTypes().Where(type => !type.IsAbstract);
        foreach (var type in types)
        {
            foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            {
                foreach (var number in Traits(method, "Behaviour").Select(value => int.Parse(value, CultureInfo.InvariantCulture)))
                {
                    if (!shown.TryGetValue(number, out var entry))
                        shown.Add(number, entry = new Shown());
                    entry.Tests.Add(method.Name);
                    entry.Backends.UnionWith(Backends(type, method));
                }
            }
        }

        return shown;
    }

    /// <summary>Whether the table says that a behaviour is shown by this test of this class.</summary>
    public static bool ClaimsToRun(Type type, string test) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(method => method.Name == test && Traits(method, "Behaviour").Any() && Backends(type, method).Any());

    /// <summary>The back ends in the order of the table.</summary>
    public static string InOrder(IEnumerable<string> backends) => string.Join(", ", backends.OrderBy(name => Array.IndexOf(Everywhere, name)));

    /// <summary>The rows of the table in a document: number, behaviour, where it runs, tests or the reason why there is none.</summary>
    public static List<Row> Rows(string document) =>
        [.. RowPattern().Matches(document).Select(match => new Row(
            int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value.Trim(), match.Groups[3].Value.Trim(), match.Groups[4].Value.Trim()))];

    /// <summary>A document with other rows.</summary>
    public static string WithRows(string document, Func<Row, Row> change)
    {
        var rows = Rows(document).ToDictionary(row => row.Number, change);
        return RowPattern().Replace(document, match => $"{rows[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)]}");
    }

    private static IEnumerable<string> Backends(Type type, MethodInfo method)
    {
        string[] own = [.. Traits(type, "Backend")];
        var all = own.Length > 0 ? own : Folders[type.Namespace!.Split('.')[^1]];
        string[] only = [.. Traits(method, "Only")];
        return only.Length == 0 ? all : all.Intersect(only);
    }

    private static IEnumerable<string> Traits(MemberInfo member, string name) =>
        from data in member.GetCustomAttributesData()
        where data.AttributeType == typeof(TraitAttribute) && (string?)data.ConstructorArguments[0].Value == name
        select (string)data.ConstructorArguments[1].Value!;

    [GeneratedRegex(@"(?m)^\| (\d+) \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$")]
    private static partial Regex RowPattern();

    /// <summary>What shows one behaviour.</summary>
    internal sealed class Shown
    {
        public SortedSet<string> Tests { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Backends { get; } = [];
    }

    /// <summary>A row of the table.</summary>
    internal sealed record Row(int Number, string Behaviour, string Backends, string Tests)
    {
        public bool HasTests => Tests.StartsWith('`');

        public override string ToString() => $"| {Number} | {Behaviour} | {Backends} | {Tests} |";
    }
}
