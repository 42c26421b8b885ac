namespace Shoal.Learning.Tests;

/// <summary>Compares the gradients of a whole model on <see cref="DoubleKernels"/> with differences of its loss.</summary>
internal static class FiniteDifferences
{
    public static void Check(Model model, Batch batch, int rows)
    {
        var plan = model.PlanTraining(rows + 3);
        var pass = new Pass(rows, Training: true, Seed: 9, Step: 2);

        plan.ForwardAndLoss(pass, batch);
        plan.Backward(pass);

        foreach (var parameter in model.Parameters.Where(p => p.Trainable))
        {
            var values = DoubleKernels.Values(parameter.Value);
            var gradient = DoubleKernels.Values(parameter.Gradient!).ToArray();
            for (var i = 0; i < values.Length; i += 1 + values.Length / 40)
            {
                // The losses are read as float32: a wide step keeps their rounding small against the difference.
                var value = values[i];
                values[i] = value + 2e-3;
                var above = plan.ForwardAndLoss(pass, batch) / rows;
                values[i] = value - 2e-3;
                var below = plan.ForwardAndLoss(pass, batch) / rows;
                values[i] = value;
                gradient[i].ShouldBe((above - below) / 4e-3, 3e-4, $"{parameter.Name}[{i}]");
            }
        }
    }
}
