using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The average of some parameters along a training, and the way to look at the model with it.</summary>
/// <remarks>Element by element in float32, one fused sweep an addition: the same bits for any number of threads. Not thread-safe.</remarks>
internal sealed class AveragedWeights
{
    private readonly WeightAverage _options;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Workspace _workspace;
    private readonly Storage[] _averages;
    private readonly Storage _between;

    public AveragedWeights(WeightAverage options, IReadOnlyList<Parameter> parameters, Workspace workspace)
    {
        (_options, _parameters, _workspace) = (options, parameters, workspace);
        _averages = [.. parameters.Select(p => workspace.Allocate(p.Shape.Size))];
        _between = workspace.Allocate(parameters.Max(p => p.Shape.Size));
    }

    /// <summary>How many states of the weights the average holds.</summary>
    public long Count { get; private set; }

    /// <summary>Whether the parameters hold the average now.</summary>
    public bool Swapped { get; private set; }

    /// <summary>Takes in the weights after a step, if they are due.</summary>
    /// <param name="step">The steps taken, from 1.</param>
    public void AfterStep(long step)
    {
        if (Swapped)
            throw new InvalidOperationException("WeightAverage: the parameters hold the average; swap them back before the next step.");
        if (!_options.Takes(step))
            return;
        Count++;
        for (var i = 0; i < _averages.Length; i++)
            _workspace.Kernels.MoveTowards(_parameters[i].Shape.Size, _parameters[i].Value, _options.Share(Count), _averages[i]);
    }

    /// <summary>Exchanges weights and average, or does nothing while there is no average. The model has to be told that its weights changed.</summary>
    public void Swap()
    {
        if (Count == 0)
            return;
        for (var i = 0; i < _averages.Length; i++)
        {
            var (length, weights) = (_parameters[i].Shape.Size, _parameters[i].Value);
            _workspace.Kernels.Copy(weights, length, _between);
            _workspace.Kernels.Copy(_averages[i], length, weights);
            _workspace.Kernels.Copy(_between, length, _averages[i]);
        }

        Swapped = !Swapped;
    }

    /// <summary>The averages by parameter, for a checkpoint; not while they are swapped.</summary>
    public IReadOnlyDictionary<string, float[]> Capture()
    {
        if (Swapped)
            throw new InvalidOperationException("WeightAverage: the parameters hold the average; swap them back before a checkpoint.");
        var all = new Dictionary<string, float[]>();
        for (var i = 0; i < _averages.Length; i++)
        {
            var values = new float[_parameters[i].Shape.Size];
            _workspace.Kernels.Read(_averages[i], values);
            all.Add(_parameters[i].Name, values);
        }

        return all;
    }

    /// <summary>Goes on where <paramref name="averages"/> were captured.</summary>
    /// <exception cref="ArgumentException">A parameter is missing or has another size.</exception>
    public void Restore(long count, IReadOnlyDictionary<string, float[]> averages)
    {
        foreach (var parameter in _parameters)
        {
            if (!averages.TryGetValue(parameter.Name, out var values) || values.Length != parameter.Shape.Size)
                throw new ArgumentException($"WeightAverage: the checkpoint has no average of {parameter}. Make the model as it was when it was saved.");
        }

        for (var i = 0; i < _averages.Length; i++)
            _workspace.Kernels.Write(averages[_parameters[i].Name], _averages[i]);
        (Count, Swapped) = (count, false);
    }

    /// <summary>Frees its memory.</summary>
    public void Release()
    {
        foreach (var storage in _averages)
            _workspace.Free(storage);
        _workspace.Free(_between);
    }
}
