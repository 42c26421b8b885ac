namespace Shoal.Numerics.Kernels.Meaning;

/// <summary>
/// The minimal filtering F(2×2, 3×3): two by two outputs of a 3×3 convolution by 16 products instead of 36, y = Aᵀ[(G·g·Gᵀ) ∘ (Bᵀ·d·B)]A.
/// </summary>
/// <remarks>
/// Source: Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, section 4.1; Winograd, "Arithmetic complexity of computations", 1980.
/// The factors are 0, ±1, ½ and ¼, so that errors stay small: docs/performance.md has the bound and what was measured.
/// </remarks>
internal static class Winograd
{
    /// <summary>Products a tile: a patch of 4×4 values.</summary>
    internal const int Points = 16;

    // Below this the transforms cost more than the products that they save.
    private const int LeastChannels = 16;

    /// <summary>Whether a convolution is computed so; it depends on the kernel alone, so that the bits depend on nothing else.</summary>
    internal static bool Serves(in Conv2DShape s) =>
        s is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, Channels: >= LeastChannels, Filters: >= LeastChannels };

    /// <summary>G·g·Gᵀ of one 3×3 kernel (its taps <paramref name="step"/> apart), in double and rounded once, points <paramref name="apart"/> floats from each other.</summary>
    internal static unsafe void Kernel(float* g, nint step, bool turned, float* u, nint apart)
    {
        var rows = stackalloc double[12];
        for (var column = 0; column < 3; column++)
        {
            double g0 = Tap(g, step, turned, column), g1 = Tap(g, step, turned, 3 + column), g2 = Tap(g, step, turned, 6 + column);
            rows[column] = g0;
            rows[3 + column] = (g0 + g1 + g2) * 0.5;
            rows[6 + column] = (g0 - g1 + g2) * 0.5;
            rows[9 + column] = g2;
        }

        for (var row = 0; row < 4; row++, rows += 3, u += 4 * apart)
        {
            u[0] = (float)rows[0];
            u[apart] = (float)((rows[0] + rows[1] + rows[2]) * 0.5);
            u[2 * apart] = (float)((rows[0] - rows[1] + rows[2]) * 0.5);
            u[3 * apart] = (float)rows[2];
        }
    }

    /// <summary>Gᵀ·u·G: the gradient by the taps from that by the 16 points, in double and rounded once.</summary>
    internal static unsafe void KernelGradient(float* u, nint apart, float* g, nint step)
    {
        var rows = stackalloc double[12];
        for (var column = 0; column < 4; column++)
        {
            double u0 = u[column * apart], u1 = u[(4 + column) * apart], u2 = u[(8 + column) * apart], u3 = u[(12 + column) * apart];
            rows[column] = u0 + ((u1 + u2) * 0.5);
            rows[4 + column] = (u1 - u2) * 0.5;
            rows[8 + column] = ((u1 + u2) * 0.5) + u3;
        }

        for (var row = 0; row < 3; row++, rows += 4, g += 3 * step)
        {
            g[0] = (float)(rows[0] + ((rows[1] + rows[2]) * 0.5));
            g[step] = (float)((rows[1] - rows[2]) * 0.5);
            g[2 * step] = (float)(((rows[1] + rows[2]) * 0.5) + rows[3]);
        }
    }

    private static unsafe double Tap(float* g, nint step, bool turned, int tap) => g[(turned ? 8 - tap : tap) * step];
}
