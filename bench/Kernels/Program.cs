// The kernels against the peak of the same run: `dotnet run -c Release --project bench/Kernels -- [threads] [seconds=0.6] [name…]`;
// with `step` for a name, a whole training step kernel by kernel; dense algebra: `-- algebra [threads]`.
// With one thread the times are processor time, else wall time. Flops count the products that the scalar meaning has, so padding and partial tiles are not counted as work.
using System.Diagnostics;
using System.Globalization;
using Shoal.Bench.Kernels;
using Shoal.Numerics.Kernels;

if (args is ["algebra", ..])
{
    AlgebraBench.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1);
    return;
}

const int Batch = 128;
var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
var seconds = args.Where(arg => arg.StartsWith("seconds=", StringComparison.Ordinal)).Select(arg => double.Parse(arg[8..], CultureInfo.InvariantCulture)).FirstOrDefault(0.6);
var only = args.Skip(1).Where(arg => !arg.Contains('=', StringComparison.Ordinal)).ToArray();
using var kernels = new CpuKernels(threads);
var peak = Peak.Measure();
if (args.Contains("step"))
{
    Step.Compare(kernels, Batch, 40, peak);
    return;
}

var results = new List<(string Name, double Best, double Median, double Flops, double Bytes)>();

Storage Of(int length)
{
    var values = new float[length];
    for (var i = 0; i < length; i++)
        values[i] = ((i * 7919) % 1000 / 500f) - 1f;
    var storage = kernels.Allocate(length);
    kernels.Write(values, storage);
    return storage;
}

void Measure(string name, double flops, double bytes, Action run)
{
    if (only.Length > 0 && !only.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))
        return;
    var times = new List<double>();
    var total = Stopwatch.GetTimestamp();
    while (times.Count < 20 || (Stopwatch.GetElapsedTime(total).TotalSeconds < seconds && times.Count < 5000))
    {
        var start = ThreadClock.Seconds(wall: threads > 1);
        run();
        times.Add(ThreadClock.Seconds(wall: threads > 1) - start);
    }

    times.Sort();
    results.Add((name, times[0], times[times.Count / 2], flops, bytes));

    // Again beside each kernel: other work on the machine slows some moments down.
    peak = Math.Max(peak, Peak.Measure());
}

using (Storage a = Of(1 << 20), b = Of(1 << 20), c = Of(1 << 20))
{
    var square = new DenseShape(1024, 1024, 1024);
    Measure("product 1024", 2.0 * (1L << 30), 0, () => kernels.DenseForward(square, a, b, null, default, c));
}

{
    var dense = new DenseShape(Batch, 4608, 512);
    var flops = 2.0 * Batch * 4608 * 512;
    using Storage x = Of(Batch * 4608), w = Of(4608 * 512), bias = Of(512), y = Of(Batch * 512), dx = Of(Batch * 4608), dw = Of(4608 * 512), db = Of(512);
    Measure("dense 4608-512 forward", flops, 0, () => kernels.DenseForward(dense, x, w, bias, default, y));
    Measure("dense 4608-512 dX", flops, 0, () => kernels.DenseInputGradient(dense, y, w, dx));
    Measure("dense 4608-512 dW", flops, 0, () => kernels.DenseWeightGradient(dense, x, y, dw, db));
    using Storage m = kernels.Allocate(4608 * 512), v = kernels.Allocate(4608 * 512);
    var (weights, update) = (4608 * 512, WeightUpdate.Plain);
    Measure("Adam 2.36 M", 0, weights * 28.0, () => kernels.Adam(weights, w, dw, m, v, null, 1e-6f, 0.9f, 0.999f, 1e-7f, update));
    Measure("SGD with momentum 2.36 M", 0, weights * 20.0, () => kernels.Sgd(weights, w, dw, m, 1e-6f, 0.9f, true, update));
    Measure("RMSprop 2.36 M", 0, weights * 20.0, () => kernels.RmsProp(weights, w, dw, v, null, null, 1e-6f, 0.9f, 0, 1e-7f, update));
    Measure("sum of squares 2.36 M", 0, weights * 4.0, () => kernels.SumOfSquares(weights, dw));
    Measure("running mean 2.36 M", 0, weights * 12.0, () => kernels.MoveTowards(weights, w, 1e-3f, m));
    foreach (var formula in Enum.GetValues<LossFormula>())
        Measure($"loss {formula} 128x784", 0, 3 * Batch * 784 * 4, () => kernels.RowLosses(formula, 0.1f, Batch, 784, x, w, y, dx));
}

using (Storage x1 = Of(Batch * 28 * 28), k1 = Of(9 * 32), k2 = Of(9 * 32 * 32), bias = Of(32), y1 = Of(Batch * 26 * 26 * 32), y2 = Of(Batch * 24 * 24 * 32),
    dx = Of(Batch * 26 * 26 * 32), dk = Of(9 * 32 * 32), pooled = Of(Batch * 12 * 12 * 32), mean = Of(32), variance = Of(32), gamma = Of(32), dg = Of(32), db = Of(32))
{
    var first = new Conv2DShape(Batch, 28, 28, 1, 3, 3, 32, 1, 1, false);
    var second = new Conv2DShape(Batch, 26, 26, 32, 3, 3, 32, 1, 1, false);
    var flops1 = 2.0 * Batch * 26 * 26 * 32 * 9;
    var flops2 = 2.0 * Batch * 24 * 24 * 32 * 288;
    Measure("conv 1-32 28x28 forward", flops1, 0, () => kernels.Conv2DForward(first, x1, k1, bias, new Epilogue(gamma, db, true), y1));
    Measure("conv 1-32 28x28 dW", flops1, 0, () => kernels.Conv2DWeightGradient(first, x1, y1, dk, db));
    Measure("conv 32-32 26x26 forward", flops2, 0, () => kernels.Conv2DForward(second, y1, k2, bias, default, y2));
    Measure("conv 32-32 26x26 dX", flops2, 0, () => kernels.Conv2DInputGradient(second, y2, k2, dx));
    Measure("conv 32-32 26x26 dW", flops2, 0, () => kernels.Conv2DWeightGradient(second, y1, y2, dk, db));
    var channels = new ChannelShape(Batch, 676, 32);
    var bytes = channels.Length * 4.0;
    Measure("batchnorm statistics 2.77 M", 0, bytes, () => kernels.BatchNormStatistics(channels, y1, mean, variance));
    Measure("batchnorm forward", 0, 2 * bytes, () => kernels.BatchNormForward(channels, y1, mean, variance, gamma, bias, 1e-3f, dx));
    Measure("batchnorm gradient", 0, 5 * bytes, () => kernels.BatchNormGradient(channels, y1, dx, mean, variance, gamma, 1e-3f, dg, db, dx));
    Measure("relu forward", 0, 2 * bytes, () => kernels.ReluForward(channels.Length, y1, dx));
    Measure("relu gradient", 0, 3 * bytes, () => kernels.ReluGradient(channels.Length, y1, dx, dx));
    var pool = new PoolShape(Batch, 24, 24, 32, 2, 2, 2, 2, false);
    var pooling = Batch * 24 * 24 * 32 * 4.0;
    Measure("maxpool forward", 0, 1.25 * pooling, () => kernels.MaxPoolForward(pool, y2, pooled));
    Measure("maxpool gradient", 0, 2.5 * pooling, () => kernels.MaxPoolGradient(pool, y2, pooled, pooled, dx));
    foreach (var function in Enum.GetValues<ActivationFunction>())
    {
        Measure($"{function} forward", 0, 2 * bytes, () => kernels.Activate(function, 1, channels.Length, y1, dx));
        Measure($"{function} gradient", 0, 3 * bytes, () => kernels.ActivateGradient(function, 1, channels.Length, y1, dx, dx));
    }

    Measure("layernorm of 32 forward", 0, 2 * bytes, () => kernels.LayerNormForward(channels, y1, gamma, bias, 1e-3f, dx));
    Measure("layernorm of 32 gradient", 0, 3 * bytes, () => kernels.LayerNormGradient(channels, y1, dx, gamma, 1e-3f, dg, db, dx));
    var wide = new ChannelShape(Batch, 42, 512);
    using Storage gamma512 = Of(512), beta512 = Of(512), dg512 = Of(512), db512 = Of(512);
    Measure("layernorm of 512 forward", 0, 8.0 * wide.Length, () => kernels.LayerNormForward(wide, y1, gamma512, beta512, 1e-3f, dx));
    Measure("layernorm of 512 gradient", 0, 12.0 * wide.Length, () => kernels.LayerNormGradient(wide, y1, dx, gamma512, 1e-3f, dg512, db512, dx));
    Measure("average pool forward", 0, 1.25 * pooling, () => kernels.AveragePoolForward(pool, y2, pooled));
    Measure("average pool gradient", 0, 2.25 * pooling, () => kernels.AveragePoolGradient(pool, pooled, dx));
    var whole = new PoolShape(Batch, 24, 24, 32, 24, 24, 24, 24, false);
    Measure("global average pool forward", 0, pooling, () => kernels.AveragePoolForward(whole, y2, pooled));
    Measure("softmax gradient of rows of 32", 0, 3 * bytes, () => kernels.SoftmaxGradient(channels.Length / 32, 32, y1, dx, dx));
    Measure("add", 0, 3 * bytes, () => kernels.Add(channels.Length, y1, dx, dx));
    Measure("penalty 2.77 M", 0, bytes, () => kernels.Penalty(channels.Length, 1, 1, y1, dg, 0));
    Measure("penalty gradient", 0, 3 * bytes, () => kernels.PenaltyGradient(channels.Length, 1e-6f, 1e-6f, y1, dx));
    using Storage first2 = kernels.Allocate(channels.Length), second1 = kernels.Allocate(y2.Length), dFirst = kernels.Allocate(channels.Length);
    var firstBlock = new ConvolutionBlockShape(first, null);
    var secondBlock = new ConvolutionBlockShape(second, pool);
    Measure("block 1 forward", flops1, 0, () => kernels.ConvolutionBlockForward(firstBlock, x1, k1, bias, gamma, db, 1e-3f, null, mean, variance, first2));
    Measure("block 1 gradient", flops1, 0, () => kernels.ConvolutionBlockGradient(firstBlock, x1, k1, bias, gamma, db, 1e-3f, null, mean, variance, first2, first2, dk, bias, dg, bias, null));
    Measure("block 2 forward", flops2, 0, () => kernels.ConvolutionBlockForward(secondBlock, first2, k2, bias, gamma, db, 1e-3f, second1, mean, variance, pooled));
    Measure("block 2 gradient", 2 * flops2, 0, () => kernels.ConvolutionBlockGradient(secondBlock, first2, k2, bias, gamma, db, 1e-3f, second1, mean, variance, pooled, pooled, dk, bias, dg, bias, dFirst));
    Measure("copy", 0, 2 * bytes, () => kernels.Copy(y1, channels.Length, dx));
    Measure("dropout 65 k", 0, 2 * 65536 * 4, () => kernels.Dropout(65536, 0.2f, 1, 2, y1, dx));
    Measure("softmax cross-entropy 128x10", 0, 3 * 1280 * 4, () => kernels.SoftmaxCrossEntropy(128, 10, x1, pooled, y2, dx));
}

using (Storage x0 = Of(784), k1 = Of(288), b = Of(512), x1 = Of(26 * 26 * 32), k2 = Of(9216), x2 = Of(24 * 24 * 32), x3 = Of(4608), w1 = Of(4608 * 512), x4 = Of(512),
    w2 = Of(5120), x5 = Of(10))
{
    void Row()
    {
        var relu = new Epilogue(b, b, true);
        kernels.Conv2DForward(new(1, 28, 28, 1, 3, 3, 32, 1, 1, false), x0, k1, b, relu, x1);
        kernels.Conv2DForward(new(1, 26, 26, 32, 3, 3, 32, 1, 1, false), x1, k2, b, relu, x2);
        kernels.MaxPoolForward(new(1, 24, 24, 32, 2, 2, 2, 2, false), x2, x3);
        kernels.DenseForward(new(1, 4608, 512), x3, w1, b, relu, x4);
        kernels.DenseForward(new(1, 512, 10), x4, w2, b, default, x5);
        kernels.Softmax(1, 10, x5, x5);
    }

    Measure("row: whole network", 2.0 * ((676 * 288) + (576 * 9216) + (4608 * 512) + 5120), 0, Row);
    Measure("row: conv 32-32", 2.0 * 576 * 9216, 0, () => kernels.Conv2DForward(new(1, 26, 26, 32, 3, 3, 32, 1, 1, false), x1, k2, b, default, x2));
    Measure("row: dense 4608-512", 2.0 * 4608 * 512, 4608 * 512 * 4, () => kernels.DenseForward(new(1, 4608, 512), x3, w1, b, default, x4));
}

{
    var lstm = new RecurrentShape(32, 20, 64, 64, Sequences: false, Backwards: false);
    using Storage x = Of(32 * 20 * 64), k = Of(64 * 256), r = Of(64 * 256), b = Of(384), y = Of(32 * 64), dk = Of(64 * 256), dr = Of(64 * 256), db = Of(384), dx = Of(32 * 20 * 64);
    using Storage gates = Of(32 * 20 * 256), second = Of(32 * 20 * 192), states = Of(32 * 20 * 64);
    var (byInput, byState) = (2.0 * 32 * 20 * 64 * 256, 2.0 * 32 * 19 * 64 * 256);
    LstmCache cache = new(gates, second, states);
    GruCache gruCache = new(gates, second, states);

    // The gradient uses up its cache, so that it is measured with the forward pass that fills it.
    void Step()
    {
        kernels.LstmForward(lstm, x, null, k, r, b, cache, y);
        kernels.LstmGradient(lstm, x, null, k, r, cache, y, dk, dr, db, dx);
    }

    void GruStep()
    {
        kernels.GruForward(lstm, true, x, null, k, r, b, gruCache, y);
        kernels.GruGradient(lstm, true, x, null, k, r, gruCache, y, dk, dr, db, dx);
    }

    Measure("LSTM 32x20x64-64 forward", byInput + byState, 0, () => kernels.LstmForward(lstm, x, null, k, r, b, null, y));
    Measure("LSTM 32x20x64-64 step", (4 * byInput) + (2 * byState), 0, Step);
    Measure("GRU 32x20x64-64 step", 0.75 * ((4 * byInput) + (2 * byState)), 0, GruStep);
    Measure("row: LSTM 20x64-64", (byInput + byState) / 32, 0, () => kernels.LstmForward(lstm with { Rows = 1 }, x, null, k, r, b, null, y));

    var words = new EmbeddingShape(32, 20, 10000, 64);
    using Storage ids = kernels.Allocate(640), table = Of(640_000), dTable = kernels.Allocate(640_000);
    kernels.Write([.. Enumerable.Range(0, 640).Select(i => (float)(i % 3 == 0 ? 0 : i * 7919 % 10000))], ids);
    Measure("embedding 640 of 10000x64", 0, 2 * 640 * 64 * 4.0, () => kernels.EmbeddingForward(words, ids, table, x));
    Measure("embedding 640 of 10000x64 dX", 0, (640 + 10000) * 64 * 4.0, () => kernels.EmbeddingGradient(words, ids, x, dTable));
}

if (only.Contains("shapes"))
{
    using Storage x = Of(128 * 32 * 32 * 32), k = Of(9216), y = Of(128 * 32 * 32 * 32);
    foreach (var width in new[] { 24, 20, 26 })
    {
        var shape = new Conv2DShape(2, 26, width + 2, 32, 3, 3, 32, 1, 1, false);
        var flops = 2.0 * 2 * 24 * width * 9216;
        Measure($"shapes: forward to {width}", flops, 0, () => kernels.Conv2DForward(shape, x, k, null, default, y));
        Measure($"shapes: dX from {width}", flops, 0, () => kernels.Conv2DInputGradient(shape, y, k, x));
        Measure($"shapes: dW of {width}", flops, 0, () => kernels.Conv2DWeightGradient(shape, x, y, k, null));
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kernels.Description}; peak of one core {peak:F1} GFLOP/s"));
Console.WriteLine($"{"kernel",-34}{"best ms",10}{"median ms",11}{"GFLOP/s",9}{"of peak",9}{"GB/s",8}");
foreach (var (name, best, median, flops, bytes) in results)
{
    var rate = flops / best / 1e9;
    var speed = flops > 0 ? string.Create(CultureInfo.InvariantCulture, $"{rate,9:F1}{rate / (peak * threads),9:P0}") : new string(' ', 18);
    var traffic = bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / best / 1e9,8:F1}") : "";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{best * 1e3,10:F3}{median * 1e3,11:F3}{speed}{traffic}"));
}
