namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>The mean of each window: one chain of additions over its real pixels, row-major, divided by their number; padding does not count.</summary>
    void AveragePoolForward(in PoolShape shape, Storage x, Storage y);

    /// <summary>Hands each window's gradient, divided by the number of its real pixels, to all of them; windows in row-major order.</summary>
    void AveragePoolGradient(in PoolShape shape, Storage dy, Storage dx);
}
