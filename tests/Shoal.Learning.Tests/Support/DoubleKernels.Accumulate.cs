using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

internal sealed partial class DoubleKernels
{
    public void Accumulate(int length, Storage source, Storage destination)
    {
        for (var i = 0; i < length; i++)
            Values(destination)[i] += Values(source)[i];
    }
}
