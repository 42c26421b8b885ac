using System.Text.Json;

namespace Shoal.Learning.Tests;

/// <summary>Optimizers against ten steps of Keras, in tests/data/golden.</summary>
public sealed class GoldenOptimizerTests
{
    private const double Tolerance = 1e-5;

    private static readonly JsonElement[] All = [.. Golden.Json("optimizers").GetProperty("cases").EnumerateArray()];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kernels in TestKernels.Names)
        {
            foreach (var @case in All)
                cases.Add(@case.GetProperty("name").GetString()!, kernels);
        }

        return cases;
    }

    [Fact]
    public void There_are_twelve_cases() => All.Length.ShouldBe(12);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ten_steps_give_the_weights_and_slots_of_Keras(string name, string kernels)
    {
        var file = Golden.Tensors("optimizers");
        var @case = All.Single(c => c.GetProperty("name").GetString() == name);
        using var bench = new OptimizerBench(Make(@case), TestKernels.Create(kernels), file.Singles("w0"));

        for (var step = 0; step < 10; step++)
        {
            bench.Step(file.Singles("gradients").AsSpan(step * 24, 24).ToArray());

            var expected = file.Singles($"{name}/w").AsSpan(step * 24, 24).ToArray();
            for (var i = 0; i < 24; i++)
                ((double)Math.Abs(bench.Weights[i] - expected[i])).ShouldBeLessThanOrEqualTo(Tolerance * Math.Max(1, Math.Abs(expected[i])), $"step {step}, weight {i}");
        }

        var slots = bench.Capture().Slots;
        var named = @case.GetProperty("slots").EnumerateArray().Select(s => s.GetString()!).Except(["iteration", "learning_rate"]).ToArray();
        slots.Keys.ShouldBe(named.Select(slot => $"w0/{slot}"), ignoreOrder: true);
        foreach (var slot in named)
            slots[$"w0/{slot}"].ShouldBeNear(file.Singles($"{name}/slot_{slot}"), Tolerance, slot);
    }

    private static Optimizer Make(JsonElement @case)
    {
        var arguments = @case.GetProperty("args");
        var (clipNorm, clipValue) = (Find("clipnorm"), Find("clipvalue"));
        Optimizer made = @case.GetProperty("class").GetString() switch
        {
            "SGD" => new SGD(Number("learning_rate", 0.01), Number("momentum", 0), Flag("nesterov")) { ClipNorm = clipNorm, ClipValue = clipValue },
            "RMSprop" => new RMSprop(Number("learning_rate", 0.001), Number("rho", 0.9), Number("momentum", 0), Number("epsilon", 1e-7), Flag("centered"))
            {
                ClipNorm = clipNorm,
                ClipValue = clipValue,
            },
            "AdamW" => new AdamW(Number("learning_rate", 0.001), Number("weight_decay", 0.004)) { ClipNorm = clipNorm, ClipValue = clipValue },
            _ => new Adam(
                Number("learning_rate", 0.001), Number("beta_1", 0.9), Number("beta_2", 0.999), Number("epsilon", 1e-7), Flag("amsgrad"))
            {
                ClipNorm = clipNorm,
                ClipValue = clipValue,
            },
        };
        arguments.EnumerateObject().ShouldAllBe(a => Known.Contains(a.Name));
        return made;

        double? Find(string argument) => arguments.TryGetProperty(argument, out var value) ? value.GetDouble() : null;

        double Number(string argument, double otherwise) => Find(argument) ?? otherwise;

        bool Flag(string argument) => arguments.TryGetProperty(argument, out var value) && value.GetBoolean();
    }

    private static readonly string[] Known =
    [
        "learning_rate", "momentum", "nesterov", "rho", "epsilon", "centered", "beta_1", "beta_2", "amsgrad", "weight_decay", "clipnorm", "clipvalue",
    ];
}
