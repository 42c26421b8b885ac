using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

internal sealed partial class TrainingPlan
{
    /// <summary>Whether all parameters are finite numbers.</summary>
    public bool WeightsAreFinite()
    {
        foreach (var step in _layout.Steps)
        {
            foreach (var parameter in step.Layer.Parameters)
            {
                if (!double.IsFinite(Kernels.SumOfSquares(parameter.Shape.Size, parameter.Value)))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The first layer whose output for this batch holds what is no finite number, with the first index of it; statistics stay as they are.</summary>
    /// <remarks>The layers run again one by one, in memory of their own, since a training runs some as one and writes some over the one before.</remarks>
    public (Layer Layer, int Index, float Value)? FirstNotFinite(in Pass pass, Batch batch)
    {
        var values = new Storage[_graph.ValueCount];
        _statistics.Keep(Kernels);
        try
        {
            WriteInputs(pass, batch);
            for (var i = 0; i < _graph.Inputs.Count; i++)
                values[i] = Value(i);
            foreach (var step in _layout.Layers)
            {
                var y = values[step.Output] = Kernels.Allocate(checked(pass.Rows * step.Plan.Output.Size));
                step.Layer.Forward(pass, [.. step.Inputs.Select(v => values[v])], y);
                var numbers = new float[y.Length];
                Kernels.Read(y, numbers);
                if (Finite.FirstOther(numbers) is { } at)
                    return (step.Layer, at, numbers[at]);
            }

            return null;
        }
        finally
        {
            foreach (var own in values.Skip(_graph.Inputs.Count))
                own?.Dispose();
            _statistics.TakeBack(Kernels);
        }
    }

    // A sum of squares of floats in double does not overflow: it is finite if they all are.
    private bool GradientsAreFinite()
    {
        foreach (var parameter in _trainable)
        {
            if (!double.IsFinite(Kernels.SumOfSquares(parameter.Shape.Size, parameter.Gradient!)))
                return false;
        }

        return true;
    }
}
