namespace Shoal.Learning.Onnx;

/// <summary>The operators that a graph may use; a new one, or a version with another meaning, is one line here.</summary>
internal static class OnnxOperators
{
    private static readonly Entry[] Table =
    [
        Of("Abs", 1, Unary.Absolute),
        Of("Add", 1, Arithmetic.Add),
        Of("And", 7, Comparison.And),
        Of("ArgMax", 1, ArgExtreme.Max),
        Of("ArgMin", 1, ArgExtreme.Min),
        Of("AveragePool", 1, Pooling.Average),
        Of("BatchNormalization", 1, Normalization.Batch),
        Of("Cast", 1, Casting.Cast),
        Of("CastLike", 15, Casting.CastLike),
        Of("Ceil", 1, Unary.Ceiling),
        Of("Clip", 1, Clip.Run),
        Of("Concat", 1, Joining.Concat),
        Of("Constant", 1, Constants.Constant),
        Of("ConstantOfShape", 9, Constants.ConstantOfShape),
        Of("Conv", 1, Convolution.Run),
        Of("ConvTranspose", 1, TransposedConvolution.Run),
        Of("Cos", 7, Unary.Cos),
        Of("DequantizeLinear", 10, Quantizing.Dequantize),
        Of("Div", 1, Arithmetic.Divide),
        Of("Dropout", 1, Dropout.Run),
        Of("Elu", 1, Unary.Elu),
        Of("Equal", 1, Comparison.Equal),
        Of("Erf", 9, Unary.Erf),
        Of("Exp", 1, Unary.Exp),
        Of("Expand", 8, Joining.Expand),
        Of("Flatten", 1, Reshaping.Flatten),
        Of("Floor", 1, Unary.Floor),
        Of("GRU", 7, Gru.Run),
        Of("Gather", 1, Selecting.Gather),
        Of("GatherElements", 11, Selecting.GatherElements),
        Of("Gelu", 20, Unary.Gelu),
        Of("Gemm", 1, Product.Gemm),
        Of("GlobalAveragePool", 1, Pooling.GlobalAverage),
        Of("Greater", 1, Comparison.Greater),
        Of("GreaterOrEqual", 12, Comparison.GreaterOrEqual),
        Of("HardSigmoid", 1, Unary.HardSigmoid),
        Of("Identity", 1, Reshaping.Identity),
        Of("LSTM", 7, Lstm.Run),
        Of("LayerNormalization", 17, Normalization.Layer),
        Of("LeakyRelu", 1, Unary.LeakyRelu),
        Of("Less", 1, Comparison.Less),
        Of("LessOrEqual", 12, Comparison.LessOrEqual),
        Of("Log", 1, Unary.Log),
        Of("LogSoftmax", 1, Softmax.RunLog),
        Of("MatMul", 1, Product.MatMul),
        Of("Max", 1, Arithmetic.Maximum),
        Of("MaxPool", 1, Pooling.Max),
        Of("Mean", 1, Arithmetic.Mean),
        Of("Min", 1, Arithmetic.Minimum),
        Of("Mul", 1, Arithmetic.Multiply),
        Of("Neg", 1, Unary.Negate),
        Of("NegativeLogLikelihoodLoss", 12, LikelihoodLoss.Run),
        Of("Not", 1, Comparison.Not),
        Of("Or", 7, Comparison.Or),
        Of("Pad", 1, Pad.Run),
        Of("Pow", 1, Powers.Power),
        Of("QuantizeLinear", 10, Quantizing.Quantize),
        Of("Range", 11, Constants.Range),
        Of("Reciprocal", 1, Unary.Reciprocal),
        Of("ReduceMax", 1, Reductions.Max),
        Of("ReduceMean", 1, Reductions.Mean),
        Of("ReduceMin", 1, Reductions.Min),
        Of("ReduceProd", 1, Reductions.Product),
        Of("ReduceSum", 1, Reductions.Sum),
        Of("ReduceSumSquare", 1, Reductions.SumOfSquares),
        Of("Relu", 1, Unary.Relu),
        Of("Reshape", 1, Reshaping.Reshape),
        Of("Resize", 10, Resize.Run),
        Of("Round", 11, Unary.Round),
        Of("Shape", 1, Reshaping.Shape),
        Of("Sigmoid", 1, Unary.Sigmoid),
        Of("Sign", 9, Unary.Sign),
        Of("Sin", 7, Unary.Sin),
        Of("Size", 1, Reshaping.Size),
        Of("Slice", 1, Selecting.Slice),
        Of("Softmax", 1, Softmax.Run),
        Of("Softplus", 1, Unary.Softplus),
        Of("Split", 1, Selecting.Split),
        Of("Sqrt", 1, Unary.Sqrt),
        Of("Squeeze", 1, Reshaping.Squeeze),
        Of("Sub", 1, Arithmetic.Subtract),
        Of("Sum", 1, Arithmetic.Sum),
        Of("Tanh", 1, Unary.Tanh),
        Of("Tile", 6, Joining.Tile),
        Of("Transpose", 1, Joining.Transpose),
        Of("Unsqueeze", 1, Reshaping.Unsqueeze),
        Of("Upsample", 7, Resize.Run),
        Of("Where", 9, Joining.Where),
        Of("Xor", 7, Comparison.Xor),
    ];

    /// <summary>Name and first version of each operator, in the order of the names.</summary>
    public static IEnumerable<(string Name, int Since)> All => Table.Select(entry => (entry.Name, entry.Since));

    /// <summary>The operator as an opset has it, or null if there is none here.</summary>
    public static OnnxOperator? Find(string domain, string name, int opset)
    {
        if (domain.Length > 0)
            return null;
        var found = default(Entry?);
        foreach (var entry in Table)
        {
            if (entry.Name == name && entry.Since <= opset && (found is null || entry.Since > found.Value.Since))
                found = entry;
        }

        return found?.Run;
    }

    private static Entry Of(string name, int since, Func<OnnxCall, OnnxTensor> run) => new(name, since, call => [run(call)]);

    private static Entry Of(string name, int since, Func<OnnxCall, OnnxTensor[]> run) => new(name, since, new(run));

    private readonly record struct Entry(string Name, int Since, OnnxOperator Run);
}
