using System.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>
/// NegativeLogLikelihoodLoss: x (batch, classes, …) logarithms of probabilities, targets (batch, …), weights (classes); the loss of each position, their
/// sum, or their mean weighted by the weights of their classes.
/// </summary>
internal static class LikelihoodLoss
{
    public static OnnxTensor[] Run(OnnxCall call) => Numeric.RunFloat<OverPositions>(call);

    private readonly struct OverPositions : IFloatOperator
    {
        public static OnnxTensor[] Run<T>(OnnxCall call)
            where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            var (x, targets) = (call.Input(0), call.Input(1));
            if (x.Rank < 2 || !targets.Sizes.AsSpan().SequenceEqual([x.Sizes[0], .. x.Sizes[2..]]))
                throw call.Wrong($"has an input of shape {OnnxTensor.Format(x.Sizes)} and targets of shape {OnnxTensor.Format(targets.Sizes)}");
            var (classes, positions) = (x.Sizes[1], (int)OnnxTensor.CountOf(x.Sizes.AsSpan(2)));
            if (call.Optional(2) is not null && call.Same(2).Count != classes)
                throw call.Wrong($"has {call.Input(2).Count} weights for {classes} classes");
            var (labels, ignored) = (call.IntegersFrom(1)!, call.Has("ignore_index") ? call.Integer("ignore_index", 0) : (long?)null);
            var losses = call.New(x.Type, targets.Sizes);
            var (sum, total) = (0.0, 0.0);
            for (var i = 0; i < labels.Length; i++)
            {
                if (labels[i] == ignored)
                    continue;
                if (labels[i] < 0 || labels[i] >= classes)
                    throw call.Wrong($"has the target {labels[i]} for {classes} classes");
                var at = ((((i / positions) * classes) + (int)labels[i]) * positions) + (i % positions);
                var weight = call.Optional(2) is { } w ? double.CreateTruncating(w.As<T>()[(int)labels[i]]) : 1;
                var loss = -weight * double.CreateTruncating(x.As<T>()[at]);
                losses.As<T>()[i] = T.CreateTruncating(loss);
                (sum, total) = (sum + loss, total + weight);
            }

            var reduction = call.Text("reduction", "mean");
            if (reduction == "none")
                return [losses];
            if (reduction is not ("sum" or "mean"))
                throw call.Unsupported($"has the reduction \"{ModelFileException.Quote(reduction)}\"");
            var y = call.New(x.Type);
            y.As<T>()[0] = T.CreateTruncating(reduction == "sum" ? sum : sum / total);
            return [y];
        }
    }
}
