namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>destination += source, for the first <paramref name="length"/> values.</summary>
    void Accumulate(int length, Storage source, Storage destination);
}
