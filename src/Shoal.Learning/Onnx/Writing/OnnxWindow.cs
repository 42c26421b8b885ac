namespace Shoal.Learning.Onnx;

/// <summary>What a convolution or pooling says of its window.</summary>
internal static class OnnxWindow
{
    /// <summary>Size, strides, and the padding in numbers.</summary>
    /// <param name="size">Of the window.</param>
    /// <param name="strides">Its steps.</param>
    /// <param name="padding">What lies beyond the edge.</param>
    /// <param name="input">(height, width, channels).</param>
    public static OnnxAttribute[] Attributes(Size2D size, Size2D strides, Padding padding, Shape input)
    {
        var (top, bottom) = Padded(input[0], size.Height, strides.Height, padding);
        var (left, right) = Padded(input[1], size.Width, strides.Width, padding);
        return
        [
            OnnxAttribute.Of("kernel_shape", size.Height, size.Width),
            OnnxAttribute.Of("strides", strides.Height, strides.Width),
            OnnxAttribute.Of("pads", top, left, bottom, right),
        ];
    }

    // As Keras does: the output has ⌈n/stride⌉ places, and the smaller half comes first.
    private static (int Before, int After) Padded(int length, int window, int stride, Padding padding)
    {
        if (padding == Padding.Valid)
            return (0, 0);
        var places = (length + stride - 1) / stride;
        var whole = Math.Max((places - 1) * stride + window - length, 0);
        return (whole / 2, whole - whole / 2);
    }
}
