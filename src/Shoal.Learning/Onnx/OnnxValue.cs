namespace Shoal.Learning;

/// <summary>An input or output of an <see cref="OnnxModel"/>, as the model declares it.</summary>
/// <remarks>Immutable.</remarks>
/// <param name="Name">Its name, the key in <see cref="OnnxModel.Run"/>.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its axes, or null where the model does not say how many there are.</param>
public sealed record OnnxValue(string Name, TensorType Type, IReadOnlyList<OnnxDimension>? Shape)
{
    /// <summary>As in <c>image: F32 (N, 28, 28, 1)</c>.</summary>
    public override string ToString() => $"{Name}: {Type} {(Shape is null ? "(…)" : $"({string.Join(", ", Shape)})")}";
}
