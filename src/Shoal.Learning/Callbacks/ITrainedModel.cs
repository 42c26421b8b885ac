namespace Shoal.Learning;

/// <summary>What callbacks may do with the model that is being trained.</summary>
public interface ITrainedModel
{
    /// <summary>The optimizer's learning rate for the next step.</summary>
    /// <exception cref="InvalidOperationException">It is set although it follows a schedule.</exception>
    double LearningRate { get; set; }

    /// <summary>A copy of all parameters, in the order of the model.</summary>
    float[][] Snapshot();

    /// <summary>Puts back what <see cref="Snapshot"/> gave.</summary>
    /// <param name="weights">One array a parameter.</param>
    void Restore(float[][] weights);

    /// <summary>Saves the model as a file, whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    void Save(string path);
}
