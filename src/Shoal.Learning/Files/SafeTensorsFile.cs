namespace Shoal.Learning;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Path">Where it was read.</param>
/// <param name="Metadata">The texts of its <c>__metadata__</c>; empty where it has none.</param>
/// <param name="Tensors">Its tensors by name.</param>
public sealed record SafeTensorsFile(string Path, IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, SavedTensor> Tensors);
