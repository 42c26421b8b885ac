namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>x (rows, inputs), weight (inputs, outputs), y (rows, outputs): one chain over the inputs.</summary>
    internal static void DenseForward(
        DenseShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale,
        ReadOnlySpan<float> shift, bool relu, Span<float> y)
    {
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var o = 0; o < shape.Outputs; o++)
            {
                var sum = 0f;
                for (var i = 0; i < shape.Inputs; i++)
                    sum = MathF.FusedMultiplyAdd(x[(row * shape.Inputs) + i], weight[(i * shape.Outputs) + o], sum);
                y[(row * shape.Outputs) + o] = Finish(sum, o, bias, scale, shift, relu);
            }
        }
    }

    /// <summary>dx (rows, inputs): one chain over the outputs.</summary>
    internal static void DenseInputGradient(DenseShape shape, ReadOnlySpan<float> dy, ReadOnlySpan<float> weight, Span<float> dx)
    {
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var i = 0; i < shape.Inputs; i++)
            {
                var sum = 0f;
                for (var o = 0; o < shape.Outputs; o++)
                    sum = MathF.FusedMultiplyAdd(dy[(row * shape.Outputs) + o], weight[(i * shape.Outputs) + o], sum);
                dx[(row * shape.Inputs) + i] = sum;
            }
        }
    }

    /// <summary>dWeight (inputs, outputs), dBias (outputs): in each shard a chain over its rows, then the tree.</summary>
    internal static void DenseWeightGradient(DenseShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dWeight, Span<float> dBias)
    {
        Span<float> partial = new float[Shards(shape.Rows)];
        for (var o = 0; o < shape.Outputs; o++)
        {
            for (var i = 0; i < shape.Inputs; i++)
            {
                partial.Clear();
                for (var row = 0; row < shape.Rows; row++)
                {
                    ref var sum = ref partial[row / IKernels.ShardRows];
                    sum = MathF.FusedMultiplyAdd(x[(row * shape.Inputs) + i], dy[(row * shape.Outputs) + o], sum);
                }

                dWeight[(i * shape.Outputs) + o] = Tree(partial);
            }
        }

        if (!dBias.IsEmpty)
            BiasGradient(new ChannelShape(shape.Rows, 1, shape.Outputs), dy, dBias);
    }

    /// <summary>dBias (channels) of dy (batch, positions, channels): in each shard a chain over (row, position), then the tree.</summary>
    internal static void BiasGradient(ChannelShape shape, ReadOnlySpan<float> dy, Span<float> dBias)
    {
        Span<float> partial = new float[Shards(shape.Batch)];
        for (var c = 0; c < shape.Channels; c++)
        {
            partial.Clear();
            for (var row = 0; row < shape.Batch * shape.Positions; row++)
                partial[row / shape.Positions / IKernels.ShardRows] += dy[(row * shape.Channels) + c];
            dBias[c] = Tree(partial);
        }
    }
}
