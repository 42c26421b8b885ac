namespace Shoal.Learning;

/// <summary>What <c>Fit</c> does with a step whose loss is no finite number.</summary>
public enum OnNotFinite
{
    /// <summary>It throws a <see cref="TrainingFailedException"/> that names batch, layer and first index; the weights are those of the step before.</summary>
    /// <remarks>
    /// Gradients are looked at where the batch holds what is no finite number. Where they alone are not, though all data and the loss are, the step after
    /// stops and names the weights.
    /// </remarks>
    Stop,

    /// <summary>
    /// It leaves the step out, as if its batch had not been there, counts it, and goes on with the next batch. Gradients are looked at as well, at the cost of one
    /// more sweep over them. Weights that are no finite numbers themselves still end the training: no later step could mend them.
    /// </summary>
    Skip,
}
