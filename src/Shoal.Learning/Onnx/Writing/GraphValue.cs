namespace Shoal.Learning.Onnx;

/// <summary>What a layer takes and gives while a model is written as an ONNX graph.</summary>
/// <param name="Name">The value's name in the graph.</param>
/// <param name="ChannelsFirst">
/// Whether it holds images as (rows, channels, height, width), the order of ONNX, instead of our (rows, height, width, channels). Who does not
/// care about the order hands it on.
/// </param>
internal readonly record struct GraphValue(string Name, bool ChannelsFirst = false);
