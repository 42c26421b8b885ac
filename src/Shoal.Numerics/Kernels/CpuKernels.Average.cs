namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void AveragePoolForward(in PoolShape shape, Storage x, Storage y)
    {
        Check(shape);
        _engine.AveragePoolForward(shape, Source(x, InputLength(shape)).Pointer, Destination(y, OutputLength(shape)).Pointer);
        KeepAlive(x, y);
    }

    /// <inheritdoc/>
    public void AveragePoolGradient(in PoolShape shape, Storage dy, Storage dx)
    {
        Check(shape);
        _engine.AveragePoolGradient(shape, Source(dy, OutputLength(shape)).Pointer, Destination(dx, InputLength(shape)).Pointer);
        KeepAlive(dy, dx);
    }
}
