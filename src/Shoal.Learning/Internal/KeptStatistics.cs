using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What layers hold beside their weights and change as they run forward, kept from before a step that may have to be taken back.</summary>
internal sealed class KeptStatistics
{
    private readonly Layer[] _layers;
    private readonly (Parameter Parameter, Storage Kept)[] _parameters;

    public KeptStatistics(IEnumerable<Layer> layers, Func<int, Storage> allocate)
    {
        _layers = [.. layers];
        _parameters = [.. _layers.SelectMany(l => l.Parameters).Where(p => !p.Trainable).Select(p => (p, allocate(p.Shape.Size)))];
    }

    public void Keep(IKernels kernels)
    {
        foreach (var (parameter, kept) in _parameters)
            kernels.Copy(parameter.Value, parameter.Shape.Size, kept);
        foreach (var layer in _layers)
            layer.KeepState();
    }

    public void TakeBack(IKernels kernels)
    {
        foreach (var (parameter, kept) in _parameters)
            kernels.Copy(kept, parameter.Shape.Size, parameter.Value);
        foreach (var layer in _layers)
            layer.TakeBackState();
    }
}
