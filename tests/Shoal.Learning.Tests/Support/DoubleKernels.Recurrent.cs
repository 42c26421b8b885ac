using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>Tables and recurrent layers, with the gates of a step side by side and the gradients from the formulas.</summary>
internal sealed partial class DoubleKernels
{
    public int EmbeddingForward(in EmbeddingShape shape, Storage ids, Storage table, Storage y)
    {
        var numbers = Values(ids);
        for (var i = 0; i < shape.Rows * shape.Positions; i++)
        {
            if (!(numbers[i] >= 0 && numbers[i] < shape.Vocabulary) || numbers[i] != Math.Floor(numbers[i]))
                return i;
        }

        for (var i = 0; i < shape.Rows * shape.Positions; i++)
            Array.Copy(Values(table), (int)numbers[i] * shape.Size, Values(y), i * shape.Size, shape.Size);
        return -1;
    }

    public void EmbeddingGradient(in EmbeddingShape shape, Storage ids, Storage dy, Storage dTable)
    {
        Array.Clear(Values(dTable), 0, shape.Vocabulary * shape.Size);
        for (var i = 0; i < shape.Rows * shape.Positions * shape.Size; i++)
            Values(dTable)[((int)Values(ids)[i / shape.Size] * shape.Size) + (i % shape.Size)] += Values(dy)[i];
    }

    public void TokenMask(int length, Storage ids, Storage mask)
    {
        for (var i = 0; i < length; i++)
            Values(mask)[i] = Values(ids)[i] != 0 ? 1 : 0;
    }

    public void LstmForward(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, LstmCache? cache, Storage y)
    {
        var (s, u) = (shape, shape.Units);
        for (var row = 0; row < s.Rows; row++)
        {
            var (h, c) = (new double[u], new double[u]);
            for (var step = 0; step < s.Steps; step++)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = Product(Values(x), at * s.Inputs, s.Inputs, Values(kernel), Values(bias), 0, 4 * u);
                AddTo(z, Product(h, 0, u, Values(recurrentKernel), null, 0, 4 * u));
                Keep(h, cache?.States, at);
                for (var j = 0; j < u && Counts(mask, at); j++)
                {
                    (z[j], z[u + j], z[(2 * u) + j], z[(3 * u) + j]) = (Logistic(z[j]), Logistic(z[u + j]), Math.Tanh(z[(2 * u) + j]), Logistic(z[(3 * u) + j]));
                    c[j] = (z[u + j] * c[j]) + (z[j] * z[(2 * u) + j]);
                    h[j] = z[(3 * u) + j] * Math.Tanh(c[j]);
                }

                Keep(z, cache?.Gates, at);
                Keep(c, cache?.Cells, at);
                Give(s, row, step, h, Values(y));
            }
        }
    }

    public void LstmGradient(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, LstmCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx)
    {
        var (s, u) = (shape, shape.Units);
        var gates = Values(cache.Gates);
        for (var row = 0; row < s.Rows; row++)
        {
            var (dh, dc) = (new double[u], new double[u]);
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                var at = (row * s.Steps) + s.Position(step);
                var d = new double[4 * u];
                Take(s, row, step, Values(dy), dh);
                if (Counts(mask, at))
                {
                    for (var j = 0; j < u; j++)
                    {
                        var (i, f, g, o) = (gates[(at * 4 * u) + j], gates[(((at * 4) + 1) * u) + j], gates[(((at * 4) + 2) * u) + j], gates[(((at * 4) + 3) * u) + j]);
                        var t = Math.Tanh(Values(cache.Cells)[(at * u) + j]);
                        var before = step == 0 ? 0 : Values(cache.Cells)[(((row * s.Steps) + s.Position(step - 1)) * u) + j];
                        dc[j] += dh[j] * o * (1 - (t * t));
                        d[j] = dc[j] * g * i * (1 - i);
                        d[u + j] = dc[j] * before * f * (1 - f);
                        d[(2 * u) + j] = dc[j] * i * (1 - (g * g));
                        d[(3 * u) + j] = dh[j] * t * o * (1 - o);
                        (dc[j], dh[j]) = (dc[j] * f, 0);
                    }

                    AddTo(dh, Back(d, Values(recurrentKernel), 4 * u, 0));
                }

                d.CopyTo(gates, at * 4 * u);
            }
        }

        Gradients(s, 4 * u, x, kernel, gates, dKernel, dBias, dx);
        StateGradients(s, 4 * u, Values(cache.States), gates, Values(dRecurrentKernel), null);
    }

    public void GruForward(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, GruCache? cache, Storage y)
    {
        var (s, u) = (shape, shape.Units);
        for (var row = 0; row < s.Rows; row++)
        {
            var h = new double[u];
            for (var step = 0; step < s.Steps; step++)
            {
                var at = (row * s.Steps) + s.Position(step);
                var z = Product(Values(x), at * s.Inputs, s.Inputs, Values(kernel), Values(bias), 0, 3 * u);
                var part = Product(h, 0, u, Values(recurrentKernel), resetAfter ? Values(bias) : null, 3 * u, 3 * u);
                for (var j = 0; j < 2 * u; j++)
                    z[j] = Logistic(z[j] + part[j]);
                var reset = new double[u];
                for (var j = 0; j < u; j++)
                    reset[j] = z[u + j] * h[j];
                var other = Product(reset, 0, u, Values(recurrentKernel), null, 0, 3 * u);
                Keep(h, cache?.States, at);
                Keep(resetAfter ? part : reset, cache?.Recurrent, at);
                for (var j = 0; j < u; j++)
                {
                    z[(2 * u) + j] = Math.Tanh(z[(2 * u) + j] + (resetAfter ? z[u + j] * part[(2 * u) + j] : other[(2 * u) + j]));
                    if (Counts(mask, at))
                        h[j] = (z[j] * h[j]) + ((1 - z[j]) * z[(2 * u) + j]);
                }

                Keep(z, cache?.Gates, at);
                Give(s, row, step, h, Values(y));
            }
        }
    }

    public void GruGradient(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, GruCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx)
    {
        var (s, u) = (shape, shape.Units);
        var (gates, second, r) = (Values(cache.Gates), Values(cache.Recurrent), Values(recurrentKernel));
        for (var row = 0; row < s.Rows; row++)
        {
            var dh = new double[u];
            for (var step = s.Steps - 1; step >= 0; step--)
            {
                var at = (row * s.Steps) + s.Position(step);
                var (d, dPart) = (new double[3 * u], new double[3 * u]);
                Take(s, row, step, Values(dy), dh);
                if (Counts(mask, at))
                {
                    var before = Values(cache.States).AsSpan(at * u, u);
                    var z = gates.AsSpan(at * 3 * u, 3 * u);
                    for (var j = 0; j < u; j++)
                    {
                        d[j] = dh[j] * (before[j] - z[(2 * u) + j]) * z[j] * (1 - z[j]);
                        d[(2 * u) + j] = dh[j] * (1 - z[j]) * (1 - (z[(2 * u) + j] * z[(2 * u) + j]));
                    }

                    var dReset = Back(d[(2 * u)..], r, 3 * u, 2 * u);
                    for (var j = 0; j < u; j++)
                    {
                        var byReset = resetAfter ? d[(2 * u) + j] * second[(((at * 3) + 2) * u) + j] : dReset[j] * before[j];
                        d[u + j] = byReset * z[u + j] * (1 - z[u + j]);
                        dh[j] = (dh[j] * z[j]) + (resetAfter ? 0 : dReset[j] * z[u + j]);
                        (dPart[j], dPart[u + j], dPart[(2 * u) + j]) = (d[j], d[u + j], resetAfter ? d[(2 * u) + j] * z[u + j] : 0);
                    }

                    AddTo(dh, Back(dPart, r, 3 * u, 0));
                }

                d.CopyTo(gates, at * 3 * u);
                if (resetAfter)
                    dPart.CopyTo(second, at * 3 * u);
            }
        }

        Gradients(s, 3 * u, x, kernel, gates, dKernel, dBias, dx);
        if (resetAfter)
        {
            StateGradients(s, 3 * u, Values(cache.States), second, Values(dRecurrentKernel), Values(dBias));
            return;
        }

        var candidates = new double[u * 3 * u];
        StateGradients(s, 3 * u, Values(cache.States), gates, Values(dRecurrentKernel), null);
        StateGradients(s, 3 * u, second, gates, candidates, null);
        for (var k = 0; k < u; k++)
            Array.Copy(candidates, (k * 3 * u) + (2 * u), Values(dRecurrentKernel), (k * 3 * u) + (2 * u), u);
    }

    private static bool Counts(Storage? mask, int at) => mask is null || Values(mask)[at] != 0;

    private static void Keep(double[] values, Storage? cache, int at)
    {
        if (cache is not null)
            values.CopyTo(Values(cache), at * values.Length);
    }

    private static void Give(RecurrentShape s, int row, int step, double[] h, double[] y)
    {
        if (s.Sequences || step == s.Steps - 1)
            h.CopyTo(y, (s.Sequences ? (row * s.Steps) + step : row) * s.Units);
    }

    private static void Take(RecurrentShape s, int row, int step, double[] dy, double[] dh)
    {
        if (s.Sequences || step == s.Steps - 1)
            AddTo(dh, dy.AsSpan((s.Sequences ? (row * s.Steps) + step : row) * s.Units, s.Units));
    }

    private static void AddTo(double[] to, ReadOnlySpan<double> from)
    {
        for (var j = 0; j < to.Length; j++)
            to[j] += from[j];
    }

    /// <summary>bias + a·weights, where both begin at an offset.</summary>
    private static double[] Product(double[] a, int first, int depth, double[] weights, double[]? bias, int firstBias, int width)
    {
        var sums = new double[width];
        for (var g = 0; g < width; g++)
        {
            sums[g] = bias is null ? 0 : bias[firstBias + g];
            for (var k = 0; k < depth; k++)
                sums[g] += a[first + k] * weights[(k * width) + g];
        }

        return sums;
    }

    /// <summary>d·weightsᵀ over some columns of the weights.</summary>
    private static double[] Back(double[] d, double[] weights, int width, int first)
    {
        var sums = new double[weights.Length / width];
        for (var k = 0; k < sums.Length; k++)
        {
            for (var g = 0; g < d.Length; g++)
                sums[k] += d[g] * weights[(k * width) + first + g];
        }

        return sums;
    }

    private static void Gradients(RecurrentShape s, int width, Storage x, Storage kernel, double[] gates, Storage dKernel, Storage dBias, Storage? dx)
    {
        var (k, dk, db) = (Values(kernel), Values(dKernel), Values(dBias));
        Array.Clear(dk);
        Array.Clear(db);
        for (var at = 0; at < s.Rows * s.Steps; at++)
        {
            for (var i = 0; i < s.Inputs; i++)
            {
                for (var g = 0; g < width; g++)
                    dk[(i * width) + g] += Values(x)[(at * s.Inputs) + i] * gates[(at * width) + g];
            }

            for (var g = 0; g < width; g++)
                db[g] += gates[(at * width) + g];
            if (dx is not null)
                Back(gates[(at * width)..((at + 1) * width)], k, width, 0).CopyTo(Values(dx), at * s.Inputs);
        }
    }

    private static void StateGradients(RecurrentShape s, int width, double[] states, double[] gates, double[] dRecurrent, double[]? dBias)
    {
        Array.Clear(dRecurrent);
        for (var at = 0; at < s.Rows * s.Steps; at++)
        {
            for (var k = 0; k < s.Units; k++)
            {
                for (var g = 0; g < width; g++)
                    dRecurrent[(k * width) + g] += states[(at * s.Units) + k] * gates[(at * width) + g];
            }

            for (var g = 0; g < width && dBias is not null; g++)
                dBias[width + g] += gates[(at * width) + g];
        }
    }
}
