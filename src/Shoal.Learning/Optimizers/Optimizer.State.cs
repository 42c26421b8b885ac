using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

public abstract partial class Optimizer
{
    /// <summary>A copy of the state, after <see cref="Attach"/> to these parameters.</summary>
    internal OptimizerState Capture(IKernels kernels, IReadOnlyList<Parameter> parameters)
    {
        var slots = new Dictionary<string, float[]>();
        foreach (var (name, storage) in NamedSlots(parameters))
        {
            var values = new float[storage.Length];
            kernels.Read(storage, values);
            slots.Add(name, values);
        }

        return new(GetType().Name, Iterations, LearningRate, AllHyperParameters(), slots);
    }

    /// <summary>Goes on where <paramref name="state"/> was taken, after <see cref="Attach"/> to these parameters.</summary>
    /// <exception cref="ArgumentException">The state is of another optimizer or model; the message lists every difference. Nothing is changed then.</exception>
    internal void Restore(OptimizerState state, IKernels kernels, IReadOnlyList<Parameter> parameters)
    {
        var slots = NamedSlots(parameters).ToList();
        var differences = Differences(state, slots);
        if (differences.Count > 0)
        {
            throw new ArgumentException(
                $"{GetType().Name} cannot go on from this state: {string.Join("; ", differences)}. Make model and optimizer as they were when it was saved.");
        }

        foreach (var (name, storage) in slots)
            kernels.Write(state.Slots[name], storage);
        Iterations = state.Iterations;
        if (Schedule is null)
            LearningRate = state.LearningRate;
    }

    private List<string> Differences(OptimizerState state, List<(string Name, Storage Values)> slots)
    {
        if (state.Kind != GetType().Name)
            return [$"it is of {state.Kind}"];
        List<string> differences = [];
        var own = AllHyperParameters();
        foreach (var name in own.Keys.Union(state.HyperParameters.Keys))
        {
            var (here, there) = (Text(own, name), Text(state.HyperParameters, name));
            if (here != there)
                differences.Add($"{name} was {there}, is {here}");
        }

        foreach (var (name, storage) in slots)
        {
            if (!state.Slots.TryGetValue(name, out var values))
                differences.Add($"{name} is missing");
            else if (values.Length != storage.Length)
                differences.Add($"{name} has {values.Length} values, expected {storage.Length}");
        }

        differences.AddRange(state.Slots.Keys.Except(slots.Select(s => s.Name)).Select(name => $"{name} belongs to no parameter here"));
        if (state.Iterations < 0)
            differences.Add($"Iterations is {state.Iterations}");
        else if (Schedule is not null && Scheduled(Schedule, state.Iterations) is var rate && rate != state.LearningRate)
            differences.Add(FormattableString.Invariant($"the learning rate after {state.Iterations} steps was {state.LearningRate:R}, is {rate:R} by its schedule"));
        return differences;

        static string Text(IReadOnlyDictionary<string, double> values, string name) =>
            values.TryGetValue(name, out var value) ? FormattableString.Invariant($"{value:R}") : "not set";
    }

    private Dictionary<string, double> AllHyperParameters()
    {
        var all = new Dictionary<string, double>(HyperParameters);
        foreach (var (name, value) in new[] { (nameof(ClipValue), ClipValue), (nameof(ClipNorm), ClipNorm), (nameof(GlobalClipNorm), GlobalClipNorm) })
        {
            if (value is { } set)
                all[name] = set;
        }

        all[nameof(WeightDecay)] = WeightDecay;
        return all;
    }

    private IEnumerable<(string Name, Storage Values)> NamedSlots(IReadOnlyList<Parameter> parameters)
    {
        var names = SlotNames;
        for (var i = 0; i < _slots.Length; i++)
        {
            for (var slot = 0; slot < names.Count; slot++)
                yield return ($"{parameters[i].Name}/{names[slot]}", _slots[i][slot]);
        }
    }
}
