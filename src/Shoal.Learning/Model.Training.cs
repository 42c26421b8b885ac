namespace Shoal.Learning;

// What a training sees of its model.
public partial class Model : ITrainedModel
{
    double ITrainedModel.LearningRate
    {
        get => Optimizer.LearningRate;
        set => Optimizer.LearningRate = value;
    }

    float[][] ITrainedModel.Snapshot() => [.. Parameters.Select(p => p.ToArray())];

    void ITrainedModel.Restore(float[][] weights)
    {
        for (var i = 0; i < weights.Length; i++)
            Parameters[i].Set(weights[i]);
    }

    internal TrainingTargets Targets => _targets;

    internal TrainingPlan PlanTraining(int batchSize, ClassWeights? classWeights = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_training is null || !_training.Serves(_targets, Optimizer, batchSize, classWeights))
        {
            _training?.Release();
            _training = new(_graph, _targets, Optimizer, _workspace, batchSize, classWeights);
        }

        return _training;
    }

    internal AveragedWeights Average(WeightAverage options) => new(options, [.. Parameters.Where(p => p.Trainable)], _workspace);

    internal void WeightsChanged() => MarkChanged();
}
