namespace Shoal.Learning.Onnx;

/// <summary>Dropout as it is outside training: nothing is dropped. A node that trains with a ratio above 0 asks for random numbers and is refused.</summary>
internal static class Dropout
{
    public static OnnxTensor[] Run(OnnxCall call)
    {
        var x = call.Input(0);
        if (call.Opset >= 12 && call.Optional(2) is { Count: 1 } training && training.Bytes[0] != 0 && Ratio(call) != 0)
            throw call.Unsupported("drops values at random");
        if (call.OutputCount < 2)
            return [x];
        var mask = call.New(call.Opset < 10 ? x.Type : TensorType.BOOL, x.Sizes);
        if (mask.Type == TensorType.BOOL)
            mask.Bytes.Fill(1);
        else if (mask.Type == TensorType.F32)
            mask.As<float>().Fill(1);
        else if (mask.Type == TensorType.F64)
            mask.As<double>().Fill(1);
        else
            throw call.WrongType(x.Type);
        return [x, mask];
    }

    private static double Ratio(OnnxCall call) => call.Optional(1) switch
    {
        null => 0.5,
        { Type: TensorType.F32, Count: 1 } ratio => ratio.As<float>()[0],
        { Type: TensorType.F64, Count: 1 } ratio => ratio.As<double>()[0],
        _ => 1,
    };
}
