namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>
    /// The chains by x are those of the dense layer, bias included. With the reset after the product the recurrent part is a chain of its own over the state,
    /// begun at its bias; else the chains go on over the state (z, r) and over r·state (h). At the first step there is no state.
    /// </summary>
    internal static void GruForward(
        RecurrentShape s, bool resetAfter, ReadOnlySpan<float> x, ReadOnlySpan<float> mask, ReadOnlySpan<float> kernel, ReadOnlySpan<float> recurrent,
        ReadOnlySpan<float> bias, Span<float> gates, Span<float> second, Span<float> states, Span<float> y)
    {
        var u = s.Units;
        DenseForward(new DenseShape(s.Rows * s.Steps, s.Inputs, 3 * u), x, kernel, bias[..(3 * u)], [], [], false, gates);
        for (var row = 0; row < s.Rows; row++)
        {
            Span<float> h = new float[u];
            for (var step = 0; step < s.Steps; step++)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = gates.Slice(at * 3 * u, 3 * u);
                h.CopyTo(states[(at * u)..]);
                if (resetAfter)
                {
                    var part = second.Slice(at * 3 * u, 3 * u);
                    bias[(3 * u)..].CopyTo(part);
                    if (step > 0)
                        AddProduct(h, recurrent, 3 * u, part);
                    if (Counts(mask, at))
                        ResetAfter(z, part, h);
                }
                else
                {
                    var reset = second.Slice(at * u, u);
                    reset.Clear();
                    if (step > 0)
                        AddProduct(h, recurrent, 3 * u, z[..(2 * u)]);
                    if (Counts(mask, at))
                        ResetBefore(step, recurrent, z, reset, h);
                }

                Give(s, row, step, h, y);
            }
        }
    }

    /// <summary>As for the LSTM; the chain of the state's gradient begins at that of the state after the step times z.</summary>
    internal static void GruGradient(
        RecurrentShape s, bool resetAfter, ReadOnlySpan<float> x, ReadOnlySpan<float> mask, ReadOnlySpan<float> kernel, ReadOnlySpan<float> recurrent,
        Span<float> gates, Span<float> second, ReadOnlySpan<float> states, ReadOnlySpan<float> dy, Span<float> dKernel, Span<float> dRecurrent,
        Span<float> dBias, Span<float> dx)
    {
        var u = s.Units;
        for (var row = 0; row < s.Rows; row++)
        {
            Span<float> dh = new float[u];
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = gates.Slice(at * 3 * u, 3 * u);
                var before = states.Slice(at * u, u);
                Take(s, row, step, dy, dh);
                if (!Counts(mask, at))
                {
                    z.Clear();
                    if (resetAfter)
                        second.Slice(at * 3 * u, 3 * u).Clear();
                }
                else if (resetAfter)
                {
                    ResetAfterGradient(z, second.Slice(at * 3 * u, 3 * u), before, dh);
                }
                else
                {
                    ResetBeforeGradient(recurrent, z, before, dh);
                }

                if (step > 0)
                    AddTransposed(resetAfter ? second.Slice(at * 3 * u, 3 * u) : z[..(2 * u)], recurrent, 3 * u, 0, dh);
            }
        }

        SequenceGradients(s, 3, x, kernel, gates, dKernel, dBias[..(3 * u)], dx);
        if (resetAfter)
        {
            StateGradient(s, 3 * u, states, second, dRecurrent, dBias[(3 * u)..]);
            return;
        }

        Span<float> other = new float[dRecurrent.Length];
        StateGradient(s, 3 * u, states, gates, dRecurrent, []);
        StateGradient(s, 3 * u, second, gates, other, []);
        for (var k = 0; k < u; k++)
            other.Slice((k * 3 * u) + (2 * u), u).CopyTo(dRecurrent[((k * 3 * u) + (2 * u))..]);
    }

    private static void ResetAfter(Span<float> z, ReadOnlySpan<float> part, Span<float> h)
    {
        var u = h.Length;
        for (var j = 0; j < u; j++)
        {
            z[j] = Gate(z[j] + part[j]);
            z[u + j] = Gate(z[u + j] + part[u + j]);
            z[(2 * u) + j] = GateTanh(MathF.FusedMultiplyAdd(z[u + j], part[(2 * u) + j], z[(2 * u) + j]));
            h[j] = MathF.FusedMultiplyAdd(z[j], h[j] - z[(2 * u) + j], z[(2 * u) + j]);
        }
    }

    private static void ResetBefore(int step, ReadOnlySpan<float> recurrent, Span<float> z, Span<float> reset, Span<float> h)
    {
        var u = h.Length;
        for (var j = 0; j < u; j++)
        {
            z[j] = Gate(z[j]);
            z[u + j] = Gate(z[u + j]);
            reset[j] = z[u + j] * h[j];
        }

        if (step > 0)
            AddProduct(reset, recurrent[(2 * u)..], 3 * u, z[(2 * u)..]);
        for (var j = 0; j < u; j++)
        {
            z[(2 * u) + j] = GateTanh(z[(2 * u) + j]);
            h[j] = MathF.FusedMultiplyAdd(z[j], h[j] - z[(2 * u) + j], z[(2 * u) + j]);
        }
    }

    private static void ResetAfterGradient(Span<float> z, Span<float> part, ReadOnlySpan<float> before, Span<float> dh)
    {
        var u = dh.Length;
        for (var j = 0; j < u; j++)
        {
            var (d, update, r, candidate) = (dh[j], z[j], z[u + j], z[(2 * u) + j]);
            var dCandidate = d * (1f - update) * ((1f - candidate) * (1f + candidate));
            z[j] = part[j] = d * (before[j] - candidate) * (update * (1f - update));
            z[u + j] = part[u + j] = dCandidate * part[(2 * u) + j] * (r * (1f - r));
            z[(2 * u) + j] = dCandidate;
            part[(2 * u) + j] = dCandidate * r;
            dh[j] = d * update;
        }
    }

    private static void ResetBeforeGradient(ReadOnlySpan<float> recurrent, Span<float> z, ReadOnlySpan<float> before, Span<float> dh)
    {
        var u = dh.Length;
        Span<float> dReset = new float[u];
        for (var j = 0; j < u; j++)
        {
            var (d, update, candidate) = (dh[j], z[j], z[(2 * u) + j]);
            z[(2 * u) + j] = d * (1f - update) * ((1f - candidate) * (1f + candidate));
            z[j] = d * (before[j] - candidate) * (update * (1f - update));
            dh[j] = d * update;
        }

        AddTransposed(z[(2 * u)..], recurrent, 3 * u, 2 * u, dReset);
        for (var j = 0; j < u; j++)
        {
            var r = z[u + j];
            z[u + j] = dReset[j] * before[j] * (r * (1f - r));
            dh[j] = MathF.FusedMultiplyAdd(dReset[j], r, dh[j]);
        }
    }
}
