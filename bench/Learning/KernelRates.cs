using Shoal.Numerics.Kernels;

namespace Shoal.Bench.Learning;

/// <summary>The kernels of the network on one thread in GFLOP/s, and how fast it reads the dense weights.</summary>
internal sealed class KernelRates : IDisposable
{
    private const int Batch = Network.Batch;
    private readonly CpuKernels _kernels = new(threads: 1);
    private readonly List<Storage> _storages = [];
    private readonly Storage _weights;

    public KernelRates()
    {
        const int Square = 1024;
        Storage a = Of(Square * Square), b = Of(Square * Square), c = Of(Square * Square);
        var product = new DenseShape(Square, Square, Square);
        Add("product", 2.0 * Square * Square * Square, () => _kernels.DenseForward(product, a, b, null, default, c));

        Storage x = Of(Batch * 26 * 26 * 32), kernel = Of(9 * 32 * 32), y = Of(Batch * 24 * 24 * 32), dx = Of(Batch * 26 * 26 * 32), dKernel = Of(9 * 32 * 32), bias = Of(32);
        var convolution = new Conv2DShape(Batch, 26, 26, 32, 3, 3, 32, 1, 1, Same: false);
        var flops = 2.0 * Batch * 24 * 24 * 32 * 288;
        Add("convolution forward", flops, () => _kernels.Conv2DForward(convolution, x, kernel, bias, default, y));
        Add("convolution input gradient", flops, () => _kernels.Conv2DInputGradient(convolution, y, kernel, dx));
        Add("convolution weight gradient", flops, () => _kernels.Conv2DWeightGradient(convolution, x, y, dKernel, bias));

        Storage inputs = Of(Batch * 4608), outputs = Of(Batch * 512), dInputs = Of(Batch * 4608), dWeights = Of(4608 * 512), outputBias = Of(512);
        _weights = Of(4608 * 512);
        var dense = new DenseShape(Batch, 4608, 512);
        flops = 2.0 * Batch * 4608 * 512;
        Add("dense forward", flops, () => _kernels.DenseForward(dense, inputs, _weights, outputBias, default, outputs));
        Add("dense input gradient", flops, () => _kernels.DenseInputGradient(dense, outputs, _weights, dInputs));
        Add("dense weight gradient", flops, () => _kernels.DenseWeightGradient(dense, inputs, outputs, dWeights, outputBias));

        Storage row = Of(4608), one = Of(512);
        Add("dense row", 4.0 * 4608 * 512, () => _kernels.DenseForward(new(1, 4608, 512), row, _weights, outputBias, default, one));
    }

    /// <summary>Names, work of one call (flops; bytes for the dense row, none of whose inputs is zero), the call.</summary>
    public List<(string Name, double Work, Action Run)> Kernels { get; } = [];

    /// <summary>The median rate over some calls of about 40 ms together, by the thread's processor time, in 10⁹ a second.</summary>
    public static double Rate(double work, Action run)
    {
        run();
        var times = new List<double>();
        var total = 0.0;
        while (total < 0.04 || times.Count < 3)
        {
            var start = ThreadClock.Seconds(wall: false);
            run();
            times.Add(ThreadClock.Seconds(wall: false) - start);
            total += times[^1];
        }

        return work / Spread.Of(times)!.Value.Median / 1e9;
    }

    public void Dispose()
    {
        foreach (var storage in _storages)
            storage.Dispose();
        _kernels.Dispose();
    }

    private void Add(string name, double work, Action run) => Kernels.Add((name, work, run));

    private Storage Of(int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = ((i * 7919) % 1000 / 500f) - 0.999f;
        var storage = _kernels.Allocate(length);
        _kernels.Write(values, storage);
        _storages.Add(storage);
        return storage;
    }
}
