namespace Shoal.Learning.Tests;

/// <summary>Optimizers against ten steps of Keras, in tests/data/golden.</summary>
public sealed class GoldenOptimizerTests
{
    private const double Tolerance = 1e-5;

    // What is not built yet; the learning engine adds these and empties the list.
    private static readonly string[] NotCovered =
    [
        "00_sgd", "01_sgd", "02_sgd", "05_adam", "06_rmsprop", "07_rmsprop", "08_rmsprop", "09_adamw", "10_adam", "11_sgd",
    ];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kernels in TestKernels.Names)
        {
            cases.Add("03_adam", kernels);
            cases.Add("04_adam", kernels);
        }

        return cases;
    }

    [Fact]
    public void Every_case_is_run_or_listed_as_not_covered() =>
        NotCovered.Concat(["03_adam", "04_adam"]).ShouldBe(
            Golden.Json("optimizers").GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ten_steps_of_Adam_give_Keras_weights(string name, string kernels)
    {
        var file = Golden.Tensors("optimizers");
        var optimizer = name == "03_adam" ? new Adam() : new Adam(0.02, 0.8, 0.99, 1e-3);
        using var workspace = new Workspace(TestKernels.Create(kernels), ownsKernels: true);
        var parameter = new Parameter("w", new("w", [24], Initializer.Zeros), workspace, () => { }) { Gradient = workspace.Allocate(24) };
        parameter.Set(file.Singles("w0"));
        optimizer.Attach(this, [parameter], workspace);

        for (var step = 0; step < 10; step++)
        {
            workspace.Kernels.Write(file.Singles("gradients").AsSpan(step * 24, 24), parameter.Gradient);
            optimizer.Step(workspace.Kernels, [parameter]);

            var expected = file.Singles($"{name}/w").AsSpan(step * 24, 24).ToArray();
            var actual = parameter.ToArray();
            for (var i = 0; i < 24; i++)
                ((double)Math.Abs(actual[i] - expected[i])).ShouldBeLessThanOrEqualTo(Tolerance * Math.Max(1, Math.Abs(expected[i])), $"step {step}, weight {i}");
        }

        Slot(0).ShouldBeNear(file.Singles($"{name}/slot_momentum"), Tolerance, "momentum");
        Slot(1).ShouldBeNear(file.Singles($"{name}/slot_velocity"), Tolerance, "velocity");

        float[] Slot(int number)
        {
            var values = new float[24];
            workspace.Kernels.Read(optimizer.Slots(0)[number], values);
            return values;
        }
    }
}
