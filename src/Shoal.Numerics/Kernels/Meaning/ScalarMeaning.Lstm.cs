namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>
    /// A gate's chain is that of the dense layer, bias included, and goes on over the state, except at the first step, where there is none.
    /// </summary>
    internal static void LstmForward(
        RecurrentShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> mask, ReadOnlySpan<float> kernel, ReadOnlySpan<float> recurrent,
        ReadOnlySpan<float> bias, Span<float> gates, Span<float> cells, Span<float> states, Span<float> y)
    {
        var u = s.Units;
        DenseForward(new DenseShape(s.Rows * s.Steps, s.Inputs, 4 * u), x, kernel, bias, [], [], false, gates);
        for (var row = 0; row < s.Rows; row++)
        {
            Span<float> h = new float[u];
            Span<float> c = new float[u];
            for (var step = 0; step < s.Steps; step++)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = gates.Slice(at * 4 * u, 4 * u);
                h.CopyTo(states[(at * u)..]);
                if (step > 0)
                    AddProduct(h, recurrent, 4 * u, z);
                if (Counts(mask, at))
                    LstmStep(z, c, h);
                c.CopyTo(cells[(at * u)..]);
                Give(s, row, step, h, y);
            }
        }
    }

    /// <summary>
    /// Backwards through the steps: the gradient by the state before a step is a chain over the gates' gradients, begun at +0, or at the gradient by the
    /// state after it where the step does not count. Weights: shards, in each a chain over (row, position), then the tree.
    /// </summary>
    internal static void LstmGradient(
        RecurrentShape s, ReadOnlySpan<float> x, ReadOnlySpan<float> mask, ReadOnlySpan<float> kernel, ReadOnlySpan<float> recurrent, Span<float> gates,
        ReadOnlySpan<float> cells, ReadOnlySpan<float> states, ReadOnlySpan<float> dy, Span<float> dKernel, Span<float> dRecurrent, Span<float> dBias, Span<float> dx)
    {
        var u = s.Units;
        for (var row = 0; row < s.Rows; row++)
        {
            Span<float> dh = new float[u];
            Span<float> dc = new float[u];
            ReadOnlySpan<float> none = new float[u];
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = gates.Slice(at * 4 * u, 4 * u);
                Take(s, row, step, dy, dh);
                if (Counts(mask, at))
                    LstmStepGradient(z, cells.Slice(at * u, u), step > 0 ? cells.Slice(((row * s.Steps) + s.Position(step - 1)) * u, u) : none, dh, dc);
                else
                    z.Clear();
                if (step > 0)
                    AddTransposed(z, recurrent, 4 * u, 0, dh);
            }
        }

        SequenceGradients(s, 4, x, kernel, gates, dKernel, dBias, dx);
        StateGradient(s, 4 * u, states, gates, dRecurrent, []);
    }

    private static void LstmStep(Span<float> z, Span<float> c, Span<float> h)
    {
        var u = h.Length;
        for (var j = 0; j < u; j++)
        {
            var (i, f) = (Gate(z[j]), Gate(z[u + j]));
            var (g, o) = (GateTanh(z[(2 * u) + j]), Gate(z[(3 * u) + j]));
            (z[j], z[u + j], z[(2 * u) + j], z[(3 * u) + j]) = (i, f, g, o);
            c[j] = MathF.FusedMultiplyAdd(i, g, f * c[j]);
            h[j] = o * GateTanh(c[j]);
        }
    }

    private static void LstmStepGradient(Span<float> z, ReadOnlySpan<float> c, ReadOnlySpan<float> before, Span<float> dh, Span<float> dc)
    {
        var u = dh.Length;
        for (var j = 0; j < u; j++)
        {
            var (i, f, g, o) = (z[j], z[u + j], z[(2 * u) + j], z[(3 * u) + j]);
            var t = GateTanh(c[j]);
            var d = MathF.FusedMultiplyAdd(dh[j] * o, (1f - t) * (1f + t), dc[j]);
            z[j] = d * g * (i * (1f - i));
            z[u + j] = d * before[j] * (f * (1f - f));
            z[(2 * u) + j] = d * i * ((1f - g) * (1f + g));
            z[(3 * u) + j] = dh[j] * t * (o * (1f - o));
            dc[j] = d * f;
            dh[j] = 0f;
        }
    }
}
