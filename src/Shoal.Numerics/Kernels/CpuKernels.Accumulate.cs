namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Accumulate(int length, Storage source, Storage destination)
    {
        var from = Source(source, length);
        _engine.Accumulate(length, from.Pointer, Destination(destination, length).Pointer);
        KeepAlive(source, destination);
    }
}
