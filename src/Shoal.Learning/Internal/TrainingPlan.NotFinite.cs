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
    /// <remarks>The layers run again one by one, since some write over the output of the one before.</remarks>
    public (Layer Layer, int Index, float Value)? FirstNotFinite(in Pass pass, Batch batch)
    {
        _statistics.Keep(Kernels);
        try
        {
            WriteInputs(pass, batch);
            foreach (var run in _runs)
            {
                run.Layer.Forward(pass, run.X, run.Y);
                var values = new float[pass.Rows * run.Layer.OutputShape.Size];
                Kernels.Read(run.Y, values);
                if (Finite.FirstOther(values) is { } at)
                    return (run.Layer, at, values[at]);
            }

            return null;
        }
        finally
        {
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
