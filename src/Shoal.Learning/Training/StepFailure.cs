using System.Globalization;

namespace Shoal.Learning;

/// <summary>Finds out where the numbers of a step stopped being finite, and says so.</summary>
internal sealed class StepFailure(Model model, TrainingPlan plan, IBatchSource source)
{
    private const string CureOfData = "Remove or replace such values, or leave such batches out: FitOptions.OnNotFinite.";

    /// <summary>The exception for a step whose loss is not finite, and whose weights are those from before it.</summary>
    public TrainingFailedException Explain(in Pass pass, BatchPreparer.Slot batch, int epoch, int step)
    {
        var number = (long)pass.Step;
        var place = plan.FirstNotFinite(pass, batch.Batch);
        var what = $"Fit: the {(plan.FailedInGradients ? "gradient of the loss" : "loss")} is no finite number in epoch {epoch}, step {step}, batch {number}";
        var text = (InInputs(batch) ?? InTargets(batch)) is { } data ? $"{what}: {data}. {Describe(place)}{CureOfData}"
            : InParameters() is { } parameter ? $"{what}: {parameter}. {Describe(place)}Load other weights, or train again with {CureOfSteps()}."
            : $"{what}, though batch and weights hold only finite values. {Describe(place)}Try {CureOfSteps()}, or scale x to about 0 to 1.";
        return new(text, epoch, step, number, place?.Layer.Name, place?.Index);
    }

    /// <summary>The exception for a batch that is read for the statistics of batch normalisation and holds what is no finite number.</summary>
    public static TrainingFailedException OfStatistics(string data, int epoch, int step, long number) => new(
        $"Fit: batch {number} cannot be taken into the statistics of batch normalisation after epoch {epoch}: {data}. {CureOfData}", epoch, step, number, null, null);

    /// <summary>The first value of the inputs of a batch that is not finite, in words; null where all are.</summary>
    public string? InInputs(BatchPreparer.Slot batch)
    {
        for (var i = 0; i < source.InputShapes.Count; i++)
        {
            var size = source.InputShapes[i].Size;
            if (Finite.FirstOther(batch.Batch.Inputs[i].AsSpan(0, batch.Rows * size)) is { } at)
                return $"row {at / size} of its batch holds {Number(batch.Batch.Inputs[i][at])} as value {at % size}{(source.InputShapes.Count == 1 ? "" : $" of input \"{model.Inputs[i].Name}\"")}";
        }

        return null;
    }

    private string? InTargets(BatchPreparer.Slot batch)
    {
        for (var i = 0; i < source.TargetLengths.Count; i++)
        {
            var size = source.TargetLengths[i];
            if (Finite.FirstOther(batch.Batch.Targets[i].AsSpan(0, batch.Rows * size)) is { } at)
                return $"row {at / size} of its batch holds {Number(batch.Batch.Targets[i][at])} as value {at % size} of the targets of output \"{model.OutputNames[i]}\"";
        }

        return batch.Batch.Weights.Length > 0 && Finite.FirstOther(batch.Batch.Weights.AsSpan(0, batch.Rows)) is { } row
            ? $"row {row} of its batch has the weight {Number(batch.Batch.Weights[row])}"
            : null;
    }

    private string? InParameters()
    {
        foreach (var parameter in model.Parameters)
        {
            var values = parameter.ToArray();
            if (Finite.FirstOther(values) is { } at)
                return $"the parameter {parameter.Name} holds {Number(values[at])} at index {at} already before it";
        }

        return null;
    }

    private string Describe((Layer Layer, int Index, float Value)? place)
    {
        if (place is not var (layer, index, value))
            return $"The outputs of all layers are finite: {(plan.FailedInGradients ? "the gradients are" : "it is the loss that is")} not. ";
        var (row, at) = Math.DivRem(index, layer.OutputShape.Size);
        return $"The first layer whose output is not finite is {layer.Name} ({layer}): row {row} holds {Number(value)} as value {at}. ";
    }

    private string CureOfSteps() => FormattableString.Invariant(
        $"a lower Optimizer.LearningRate (was {model.Optimizer.LearningRate}) or Optimizer.GlobalClipNorm");

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);
}
