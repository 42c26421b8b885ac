using System.Globalization;
using Shoal.Numerics.Kernels;

namespace Shoal.Bench.Kernels;

/// <summary>
/// A whole training step of the digits network, kernel by kernel in their order and with all buffers of a real step, so that each finds in the caches what
/// it finds there in training; layer by layer, or with the convolutions as blocks.
/// </summary>
internal sealed class Step(IKernels kernels, int batch) : IDisposable
{
    private readonly List<Storage> _storages = [];
    private readonly Dictionary<string, List<double>> _times = [];
    private readonly Dictionary<string, (double Flops, double Bytes)> _work = [];
    private readonly List<string> _order = [];

    /// <summary>Runs steps of one kind in turn with the other and prints both, medians of each kernel; times are the processor's with one thread.</summary>
    internal static void Compare(IKernels kernels, int batch, int steps, double peak)
    {
        using Step layers = new(kernels, batch), blocks = new(kernels, batch);
        for (var step = 0; step < steps + 3; step++)
        {
            foreach (var (run, fused) in new[] { (layers, false), (blocks, true) })
            {
                if (step == 3)
                    run._times.Clear();
                run.Run(fused);
            }
        }

        layers.Print("layer by layer", peak);
        blocks.Print("convolutions as blocks", peak);
    }

    public void Dispose()
    {
        foreach (var storage in _storages)
            storage.Dispose();
    }

    private void Run(bool fused)
    {
        var at = 0;
        Storage Next(int length)
        {
            if (at == _storages.Count)
            {
                var values = new float[length];
                for (var i = 0; i < length; i++)
                    values[i] = (((i * 7919) + _storages.Count) % 1000 / 50_000f) - 0.01f;
                _storages.Add(kernels.Allocate(length));
                kernels.Write(values, _storages[^1]);
            }

            return _storages[at++];
        }

        var (first, second) = (new Conv2DShape(batch, 28, 28, 1, 3, 3, 32, 1, 1, false), new Conv2DShape(batch, 26, 26, 32, 3, 3, 32, 1, 1, false));
        var pool = new PoolShape(batch, 24, 24, 32, 2, 2, 2, 2, false);
        var (one, two) = (new ConvolutionBlockShape(first, null), new ConvolutionBlockShape(second, pool));
        var (dense, last) = (new DenseShape(batch, 4608, 512), new DenseShape(batch, 512, 10));
        var units = new ChannelShape(batch, 1, 512);
        int n1 = one.Channels.Length, n2 = two.Channels.Length, np = batch * 4608, nd = batch * 512, nl = batch * 10;
        Storage x = Next(batch * 784), k1 = Next(288), b1 = Next(32), g1 = Next(32), e1 = Next(32), m1 = Next(32), v1 = Next(32), a1 = Next(n1), z1 = fused ? a1 : Next(n1);
        Storage k2 = Next(9216), b2 = Next(32), g2 = Next(32), e2 = Next(32), m2 = Next(32), v2 = Next(32), z2 = Next(n2), a2 = fused ? z2 : Next(n2), p = Next(np);
        Storage w = Next(4608 * 512), bw = Next(512), g3 = Next(512), e3 = Next(512), m3 = Next(512), v3 = Next(512), z3 = Next(nd), a3 = Next(nd);
        Storage wl = Next(5120), bl = Next(10), logits = Next(nl), targets = Next(nl), losses = Next(batch), dl = Next(nl), d3 = Next(nd), dp = Next(np);
        Storage d2 = fused ? dp : Next(n1), d1 = fused ? a1 : Next(n1), dk1 = Next(288), dk2 = Next(9216), dw = fused ? z2 : Next(4608 * 512), dwl = Next(5120), small = Next(512), smaller = Next(512);
        Storage mk = Next(9216), vk = Next(9216), mw = Next(4608 * 512), vw = Next(4608 * 512);
        double f1 = 2.0 * batch * 676 * 288, f2 = 2.0 * batch * 576 * 9216, fd = 2.0 * batch * 4608 * 512;
        var total = ThreadClock.Seconds(kernels.Threads > 1);

        if (fused)
        {
            Time("block 1 forward", f1, 8.0 * n1, () => kernels.ConvolutionBlockForward(one, x, k1, b1, g1, e1, 1e-3f, null, m1, v1, a1));
            Time("block 2 forward", f2, (4.0 * n1) + (8 * n2) + (4 * np), () => kernels.ConvolutionBlockForward(two, a1, k2, b2, g2, e2, 1e-3f, z2, m2, v2, p));
        }
        else
        {
            Time("convolution 1", f1, 4.0 * n1, () => kernels.Conv2DForward(first, x, k1, b1, default, z1));
            Time("statistics 1", 0, 4.0 * n1, () => kernels.BatchNormStatistics(one.Channels, z1, m1, v1));
            Time("normalisation 1", 0, 8.0 * n1, () => kernels.BatchNormForward(one.Channels, z1, m1, v1, g1, e1, 1e-3f, a1));
            Time("ReLU 1", 0, 8.0 * n1, () => kernels.ReluForward(n1, a1, a1));
            Time("convolution 2", f2, 4.0 * (n1 + n2), () => kernels.Conv2DForward(second, a1, k2, b2, default, z2));
            Time("statistics 2", 0, 4.0 * n2, () => kernels.BatchNormStatistics(two.Channels, z2, m2, v2));
            Time("normalisation 2", 0, 8.0 * n2, () => kernels.BatchNormForward(two.Channels, z2, m2, v2, g2, e2, 1e-3f, a2));
            Time("ReLU 2", 0, 8.0 * n2, () => kernels.ReluForward(n2, a2, a2));
            Time("pooling", 0, 4.0 * (n2 + np), () => kernels.MaxPoolForward(pool, a2, p));
        }

        Time("dense 1", fd, 4.0 * (np + (4608 * 512)), () => kernels.DenseForward(dense, p, w, bw, default, z3));
        Time("rest forward", 0, 0, () =>
        {
            kernels.BatchNormStatistics(units, z3, m3, v3);
            kernels.BatchNormForward(units, z3, m3, v3, g3, e3, 1e-3f, a3);
            kernels.ReluForward(nd, a3, a3);
            kernels.Dropout(nd, 0.2f, 1, 2, a3, a3);
            kernels.DenseForward(last, a3, wl, bl, default, logits);
            kernels.SoftmaxCrossEntropy(batch, 10, logits, targets, losses, dl);
        });
        Time("rest backward", 0, 0, () =>
        {
            kernels.DenseWeightGradient(last, a3, dl, dwl, smaller);
            kernels.DenseInputGradient(last, dl, wl, d3);
            kernels.Dropout(nd, 0.2f, 1, 2, d3, d3);
            kernels.ReluGradient(nd, a3, d3, d3);
            kernels.BatchNormGradient(units, z3, d3, m3, v3, g3, 1e-3f, small, smaller, d3);
        });
        void DenseWeightGradient() => Time("dense 1 weight gradient", fd, 4.0 * (np + (4608 * 512)), () => kernels.DenseWeightGradient(dense, p, d3, dw, small));
        if (!fused)
            DenseWeightGradient();
        Time("dense 1 input gradient", fd, 4.0 * (np + (4608 * 512)), () => kernels.DenseInputGradient(dense, d3, w, dp));
        if (fused)
        {
            Time("block 2 gradient", 2 * f2, (8.0 * n2) + (16 * np) + (8 * n1), () => kernels.ConvolutionBlockGradient(
                two, a1, k2, b2, g2, e2, 1e-3f, z2, m2, v2, p, dp, dk2, small, small, smaller, d1));
            Time("block 1 gradient", f1, 8.0 * n1, () => kernels.ConvolutionBlockGradient(one, x, k1, b1, g1, e1, 1e-3f, null, m1, v1, a1, d1, dk1, small, small, smaller, null));
            DenseWeightGradient();
        }
        else
        {
            Time("pooling gradient", 0, 8.0 * (n2 + np), () => kernels.MaxPoolGradient(pool, a2, p, dp, d2));
            Time("ReLU 2 gradient", 0, 12.0 * n2, () => kernels.ReluGradient(n2, a2, d2, d2));
            Time("normalisation 2 gradient", 0, 20.0 * n2, () => kernels.BatchNormGradient(two.Channels, z2, d2, m2, v2, g2, 1e-3f, small, smaller, d2));
            Time("convolution 2 weight gradient", f2, 4.0 * (n1 + n2), () => kernels.Conv2DWeightGradient(second, a1, d2, dk2, small));
            Time("convolution 2 input gradient", f2, 4.0 * (n1 + n2), () => kernels.Conv2DInputGradient(second, d2, k2, d1));
            Time("ReLU 1 gradient", 0, 12.0 * n1, () => kernels.ReluGradient(n1, a1, d1, d1));
            Time("normalisation 1 gradient", 0, 20.0 * n1, () => kernels.BatchNormGradient(one.Channels, z1, d1, m1, v1, g1, 1e-3f, small, smaller, d1));
            Time("convolution 1 weight gradient", f1, 4.0 * n1, () => kernels.Conv2DWeightGradient(first, x, d1, dk1, small));
        }

        Time("Adam", 0, 28.0 * 4608 * 512, () =>
        {
            kernels.Adam(4608 * 512, w, dw, mw, vw, null, 1e-6f, 0.9f, 0.999f, 1e-7f, WeightUpdate.Plain);
            kernels.Adam(9216, k2, dk2, mk, vk, null, 1e-6f, 0.9f, 0.999f, 1e-7f, WeightUpdate.Plain);
        });
        Add("step", (3 * (f2 + fd)) + (2 * f1), 0, ThreadClock.Seconds(kernels.Threads > 1) - total);
    }

    private void Time(string name, double flops, double bytes, Action run)
    {
        var start = ThreadClock.Seconds(kernels.Threads > 1);
        run();
        Add(name, flops, bytes, ThreadClock.Seconds(kernels.Threads > 1) - start);
    }

    private void Add(string name, double flops, double bytes, double seconds)
    {
        if (!_work.ContainsKey(name))
            _order.Add(name);
        _work[name] = (flops, bytes);
        if (!_times.TryGetValue(name, out var times))
            _times.Add(name, times = []);
        times.Add(seconds);
    }

    private void Print(string title, double peak)
    {
        Console.WriteLine();
        Console.WriteLine($"{title + ", " + kernels.Threads + " thread(s)",-34}{"median ms",10}{"best ms",10}{"GFLOP/s",9}{"of peak",9}{"GB/s",8}");
        foreach (var name in _order)
        {
            var times = _times[name].Order().ToArray();
            var median = times[times.Length / 2];
            var (flops, bytes) = _work[name];
            var speed = flops > 0 ? string.Create(CultureInfo.InvariantCulture, $"{flops / median / 1e9,9:F1}{flops / median / 1e9 / (peak * kernels.Threads),9:P0}") : new string(' ', 18);
            var traffic = bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / median / 1e9,8:F1}") : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{median * 1e3,10:F3}{times[0] * 1e3,10:F3}{speed}{traffic}"));
        }
    }
}
