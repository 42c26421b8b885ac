using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>The contract of every schedule, each against its formula in Keras or PyTorch, and optimizers that follow one.</summary>
public sealed class ScheduleTests
{
    public static TheoryData<string> Schedules => [.. Makers.Keys];

    // The formula is written as in the documents, with the platform's functions.
    private static Dictionary<string, (LearningRateSchedule Schedule, Func<double, double> Formula)> Makers { get; } = new()
    {
        ["constant"] = (new ConstantRate(0.3), _ => 0.3),
        ["exponential"] = (new ExponentialDecay(0.1, 30, 0.5), s => 0.1 * Math.Pow(0.5, s / 30)),
        ["exponential to 0"] = (new ExponentialDecay(0.1, 30, 0), s => s == 0 ? 0.1 : 0),
        ["exponential staircase"] = (new ExponentialDecay(0.1, 30, 0.5, staircase: true), s => 0.1 * Math.Pow(0.5, Math.Floor(s / 30))),
        ["inverse time"] = (new InverseTimeDecay(0.1, 10, 0.5), s => 0.1 / (1 + 0.5 * s / 10)),
        ["inverse time staircase"] = (new InverseTimeDecay(0.1, 10, 0.5, staircase: true), s => 0.1 / (1 + 0.5 * Math.Floor(s / 10))),
        ["polynomial"] = (new PolynomialDecay(0.1, 50, 0.01, 2), s => 0.09 * Math.Pow(1 - Math.Min(s, 50) / 50, 2) + 0.01),
        ["polynomial in cycles"] = (new PolynomialDecay(0.1, 50, 0.01, 0.5, cycle: true), s => 0.09 * Math.Sqrt(1 - s / (50 * Math.Max(1, Math.Ceiling(s / 50)))) + 0.01),
        ["cosine"] = (new CosineDecay(0.2, 80), s => 0.2 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(s, 80) / 80))),
        ["cosine with warm-up"] = (new CosineDecay(0.2, 80, 0.1, 20, 0.05), s => s < 20
            ? (0.2 - 0.05) * s / 20 + 0.05
            : 0.2 * (0.9 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(s - 20, 80) / 80)) + 0.1)),
        ["piecewise"] = (new PiecewiseConstantDecay([10, 60], [1, 0.5, 0.1]), s => s <= 10 ? 1 : s <= 60 ? 0.5 : 0.1),
        ["one cycle"] = (new OneCycle(0.5, 100), s => s <= 29
            ? Anneal(0.5 / 25, 0.5, s / 29)
            : Anneal(0.5, 0.5 / 25 / 1e4, Math.Min(s - 29, 70) / 70)),
        ["one cycle without warm-up"] = (new OneCycle(0.5, 100, 0, 10, 100), s => Anneal(0.5, 0.5 / 10 / 100, Math.Min(s, 99) / 99)),
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void It_follows_its_formula(string name)
    {
        var (schedule, formula) = Makers[name];

        for (var step = 0; step < 250; step++)
            schedule.At(step).ShouldBe(formula(step), 1e-12, $"step {step}");
        double.IsFinite(schedule.At(long.MaxValue / 4)).ShouldBeTrue();
        schedule.At(long.MaxValue / 4).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Bad_parameters_are_refused_by_name()
    {
        Refusal(() => _ = new ConstantRate(-1)).ShouldContain("ConstantRate: rate");
        Refusal(() => _ = new ExponentialDecay(1, 0, 0.5)).ShouldContain("ExponentialDecay: decaySteps must be 1 or more (was 0)");
        Refusal(() => _ = new ExponentialDecay(1, 1, 1.5)).ShouldContain("ExponentialDecay: decayRate");
        Refusal(() => _ = new InverseTimeDecay(1, 1, double.NaN)).ShouldContain("InverseTimeDecay: decayRate");
        Refusal(() => _ = new PolynomialDecay(1, 1, power: 0)).ShouldContain("PolynomialDecay: power");
        Refusal(() => _ = new CosineDecay(1, 1, 2)).ShouldContain("CosineDecay: final");
        Refusal(() => _ = new CosineDecay(1, 1, warmUpSteps: -1)).ShouldContain("CosineDecay: warmUpSteps");
        Refusal(() => _ = new OneCycle(1, 1)).ShouldContain("OneCycle: totalSteps");
        Refusal(() => _ = new OneCycle(1, 9, startDivisor: 0)).ShouldContain("OneCycle: startDivisor");
        Refusal(() => _ = new PiecewiseConstantDecay([1], [1])).ShouldContain("1 rates for 1 boundaries");
        Refusal(() => _ = new PiecewiseConstantDecay([2, 2], [1, 1, 1])).ShouldContain("boundary 1 is 2, not above 2");
        Refusal(() => _ = new PiecewiseConstantDecay([2], [1, -1])).ShouldContain("rates[1]");
    }

    [Fact]
    public void An_optimizer_takes_each_step_at_the_rate_of_its_schedule()
    {
        using var bench = new OptimizerBench(new SGD { Schedule = new PiecewiseConstantDecay([0, 1], [1, 0.5, 0]) }, [0f]);

        bench.Optimizer.LearningRate.ShouldBe(1);
        for (var step = 0; step < 4; step++)
            bench.Step([1f]);

        bench.Weights.ShouldBe([-1.5f]);
        bench.Optimizer.LearningRate.ShouldBe(0);
    }

    [Fact]
    public void A_rate_that_follows_a_schedule_cannot_be_set()
    {
        var optimizer = new Adam { Schedule = new ConstantRate(0.1) };

        Should.Throw<InvalidOperationException>(() => optimizer.LearningRate = 1).Message.ShouldContain("Adam: LearningRate follows its ConstantRate");
    }

    [Fact]
    public void A_schedule_that_gives_no_rate_is_named()
    {
        using var bench = new OptimizerBench(new Adam { Schedule = new Falling() }, [0f]);
        bench.Step([1f]);
        bench.Step([1f]);

        Should.Throw<InvalidOperationException>(() => bench.Step([1f])).Message.ShouldContain("Adam: Falling gives the learning rate -1 at step 2");
        bench.Optimizer.Iterations.ShouldBe(2);
    }

    [Fact]
    public void A_resumed_training_stands_where_its_schedule_stood()
    {
        using var whole = new OptimizerBench(new Adam { Schedule = new CosineDecay(0.1, 10) }, [1f]);
        using var other = new OptimizerBench(new Adam { Schedule = new CosineDecay(0.1, 11) }, [1f]);
        for (var step = 0; step < 3; step++)
            whole.Step([0.5f + step]);
        var state = whole.Capture();
        using var resumed = new OptimizerBench(new Adam { Schedule = new CosineDecay(0.1, 10) }, whole.Of(0));

        resumed.Restore(state);
        whole.Step([2f]);
        resumed.Step([2f]);

        resumed.Weights.ShouldBe(whole.Weights);
        Should.Throw<ArgumentException>(() => other.Restore(state)).Message.ShouldContain("the learning rate after 3 steps was");
    }

    [Fact]
    public void A_mean_of_weights_is_their_mean()
    {
        using var bench = new AverageBench(WeightAverage.Mean(startStep: 2, everySteps: 2));

        for (var step = 1; step <= 7; step++)
            bench.Step(step, step * step);
        bench.Averages.Count.ShouldBe(3);
        bench.Averages.Swap();

        bench.Weight.ShouldBe((9 + 25 + 49) / 3f, 1e-5f);
        Should.Throw<InvalidOperationException>(() => bench.Averages.AfterStep(8)).Message.ShouldContain("swap them back");
        bench.Averages.Swap();
        bench.Weight.ShouldBe(49);
    }

    [Fact]
    public void An_exponential_average_begins_as_a_mean()
    {
        using var bench = new AverageBench(WeightAverage.Exponential(0.75));
        var expected = 0.0;

        for (var step = 1; step <= 9; step++)
        {
            bench.Step(step, step);
            expected += (step - expected) * Math.Max(0.25, 1.0 / step);
        }

        bench.Averages.Swap();
        ((double)bench.Weight).ShouldBe(expected, 1e-5);
    }

    [Fact]
    public void Averages_go_on_from_a_checkpoint_to_the_bit()
    {
        using var whole = new AverageBench(WeightAverage.Exponential(0.9));
        using var resumed = new AverageBench(WeightAverage.Exponential(0.9));
        for (var step = 1; step <= 5; step++)
            whole.Step(step, 1f / step);

        resumed.Averages.Restore(whole.Averages.Count, whole.Averages.Capture());
        foreach (var bench in (AverageBench[])[whole, resumed])
        {
            bench.Step(6, 0.3f);
            bench.Averages.Swap();
        }

        resumed.Weight.ShouldBe(whole.Weight);
        Should.Throw<ArgumentException>(() => resumed.Averages.Restore(1, new Dictionary<string, float[]> { ["w"] = [1, 2] })).Message.ShouldContain("no average of w");
        Refusal(() => WeightAverage.Exponential(1)).ShouldContain("WeightAverage: decay");
        Refusal(() => WeightAverage.Mean(everySteps: 0)).ShouldContain("WeightAverage: everySteps");
        Refusal(() => WeightAverage.Mean(-1)).ShouldContain("WeightAverage: startStep");
    }

    [Fact]
    public void Before_the_first_addition_a_swap_changes_nothing()
    {
        using var bench = new AverageBench(WeightAverage.Mean(startStep: 5));
        bench.Step(1, 3);

        bench.Averages.Swap();

        bench.Weight.ShouldBe(3);
        bench.Averages.Swapped.ShouldBeFalse();
    }

    private static double Anneal(double from, double to, double share) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));

    private static string Refusal(Action action) => Should.Throw<ArgumentException>(action).Message;

    private sealed class Falling : LearningRateSchedule
    {
        public override double At(long step) => 1 - step;
    }

    /// <summary>One weight that a training moves along given values.</summary>
    private sealed class AverageBench : IDisposable
    {
        private readonly Workspace _workspace = new(new CpuKernels(1), ownsKernels: true);
        private readonly Parameter _parameter;

        public AverageBench(WeightAverage average)
        {
            _parameter = new("w", new("w", [1], Initializer.Zeros), _workspace, () => { });
            Averages = new(average, [_parameter], _workspace);
        }

        public AveragedWeights Averages { get; }

        public float Weight => _parameter.ToArray()[0];

        public void Step(long step, float weight)
        {
            _parameter.Set([weight]);
            Averages.AfterStep(step);
        }

        public void Dispose()
        {
            Averages.Release();
            _workspace.Dispose();
        }
    }
}
