using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>The kernels that a test runs on, by name.</summary>
internal static class TestKernels
{
    public static string[] Names => ["double", "cpu"];

    public static IKernels Create(string name, int threads = 1) => name switch
    {
        "double" => new DoubleKernels(),
        "cpu" => new CpuKernels(threads),
        _ => throw new ArgumentException($"There are no kernels \"{name}\"."),
    };
}
