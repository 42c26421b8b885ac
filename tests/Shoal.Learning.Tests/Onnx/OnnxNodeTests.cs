using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shoal.Learning.Onnx;
using Xunit.Abstractions;

namespace Shoal.Learning.Tests;

/// <summary>
/// <c>docs/onnx.md</c> says what the backend tests of ONNX say. After a change of operators:
/// <c>SHOAL_APPROVE=1 dotnet test tests/Shoal.Learning.Tests --filter OnnxNodeTests</c>.
/// </summary>
public sealed partial class OnnxNodeTests(ITestOutputHelper output)
{
    private const string Begin = "<!-- begin of what the tests write -->";
    private const string End = "<!-- end of what the tests write -->";

    /// <summary>Operators that must pass nearly all of their tests; Gelu has none in the package.</summary>
    private static readonly string[] Promised =
        ("Add Sub Mul Div Pow Sqrt Exp Log Erf Neg Abs MatMul Gemm Conv ConvTranspose MaxPool AveragePool GlobalAveragePool BatchNormalization "
        + "LayerNormalization Relu LeakyRelu Elu Gelu Sigmoid Tanh Softmax LogSoftmax Softplus Clip Concat Split Slice Gather Pad Reshape Flatten Transpose "
        + "Squeeze Unsqueeze Expand Shape Cast Constant ConstantOfShape Where Equal Less Greater ReduceSum ReduceMean ReduceMax ReduceMin ArgMax LSTM GRU "
        + "Identity Dropout Resize").Split(' ');

    private static readonly Lazy<(OnnxNodeCase Case, string? Why)[]> Results = new(() =>
    {
        var known = OnnxOperators.All.Select(op => op.Name).ToHashSet();
        return [.. OnnxNodeCase.All.Where(c => c.Operators.Any(known.Contains)).Select(c => (c, c.Run()))];
    });

    private static string Document => Path.Combine(Golden.Root, "docs", "onnx.md");

    [SkippableFact]
    public void Nine_of_ten_tests_of_the_promised_operators_pass()
    {
        Skip.IfNot(OnnxNodeCase.AreThere, OnnxNodeCase.WhyNot);

        var ours = Results.Value.Where(result => result.Case.Operators.Any(Promised.Contains)).ToArray();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"onnx: {ours.Count(r => r.Why is null)} of {ours.Length} tests of the promised operators pass"));
        (10 * ours.Count(result => result.Why is null)).ShouldBeGreaterThanOrEqualTo(9 * ours.Length);
    }

    [SkippableFact]
    public void No_test_gives_a_wrong_result()
    {
        Skip.IfNot(OnnxNodeCase.AreThoseOfThePage, OnnxNodeCase.WhyNot);

        Results.Value.Where(result => result.Why?.StartsWith("wrong", StringComparison.Ordinal) == true)
            .Select(result => $"{result.Case.Name} ({string.Join(' ', result.Case.Operators)}): {result.Why}").ShouldBeEmpty();
    }

    /// <summary>The package has hardly any tests in double: those in float are run as such, but where the graph itself asks for floats.</summary>
    [SkippableFact]
    public void What_passes_in_float_passes_in_double()
    {
        Skip.IfNot(OnnxNodeCase.AreThoseOfThePage, OnnxNodeCase.WhyNot);
        string[] bound = ["Cast", "CastLike", "ConstantOfShape", "DequantizeLinear", "QuantizeLinear", "Resize", "Upsample"];
        var cases = Results.Value.Where(result => result.Why is null && !result.Case.Operators.Any(bound.Contains)).Select(result => result.Case).ToArray();

        var failures = cases.Select(c => (c.Name, Why: c.RunInDouble())).Where(result => result.Why is not null).ToArray();

        cases.Length.ShouldBeGreaterThan(500);
        failures.ShouldBeEmpty();
    }

    [SkippableFact]
    public void The_page_of_operators_says_what_the_tests_say()
    {
        Skip.IfNot(OnnxNodeCase.AreThoseOfThePage, OnnxNodeCase.WhyNot);
        var text = File.ReadAllText(Document);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));

        var actual = text[..begin] + Begin + "\n" + Tables() + text[end..];
        if (Environment.GetEnvironmentVariable("SHOAL_APPROVE") == "1")
            File.WriteAllText(Document, actual);

        File.ReadAllText(Document).Split('\n').ShouldBe(actual.Split('\n'));
    }

    [Fact]
    public void Every_promised_operator_is_there() => Promised.ShouldBeSubsetOf(OnnxOperators.All.Select(op => op.Name));

    private static string Tables()
    {
        var page = new StringBuilder("\n| operator | since opset | tests passed | found |\n|---|---|---|---|\n");
        foreach (var op in OnnxOperators.All.GroupBy(op => op.Name).OrderBy(op => op.Key, StringComparer.Ordinal))
        {
            var its = Results.Value.Where(result => result.Case.Operators.Contains(op.Key)).ToArray();
            page.Append(CultureInfo.InvariantCulture, $"| {op.Key} | {string.Join(", ", op.Select(o => o.Since).Order())} | {its.Count(r => r.Why is null)} | {its.Length} |\n");
        }

        page.Append("\n## Tests that are not run\n\n| reason | tests |\n|---|---|\n");
        foreach (var group in Results.Value.Where(result => result.Why is not null).GroupBy(result => Reason(result.Why!), result => result.Case.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {string.Join(", ", group.Order(StringComparer.Ordinal).Select(name => $"`{name}`"))} |\n");
        return page.Append('\n').ToString();
    }

    /// <summary>The error without the file's path, the node's number and the cure.</summary>
    private static string Reason(string why)
    {
        var unknown = UnknownOperators().Match(why);
        if (unknown.Success)
            return $"needs {Times().Replace(unknown.Groups[1].Value, "")}";
        var reason = FileAndNode().Replace(why, "").Replace("|", "\\|", StringComparison.Ordinal).Replace("(Dropout) ", "Dropout that ", StringComparison.Ordinal);
        var cure = reason.IndexOf(". ", StringComparison.Ordinal);
        return cure < 0 ? reason : reason[..cure];
    }

    [GeneratedRegex(@"operators that are not known in opset \d+: (.*)\. docs/onnx\.md")]
    private static partial Regex UnknownOperators();

    [GeneratedRegex(@" \(\d+ times?, first node \d+( ""[^""]*"")? \([^)]*\)\)")]
    private static partial Regex Times();

    [GeneratedRegex(@"^\S+: (node \d+ )?(""[^""]*"" )?")]
    private static partial Regex FileAndNode();
}
