using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Shoal.Bench.Learning;

/// <summary>Everything that the table shows, ours and the peers' in turn, a little of each in every round.</summary>
internal sealed class Race : IDisposable
{
    private const int Steps = 10;
    private const int CheckedRows = 256;

    private readonly Network[] _networks;
    private readonly Peer[] _torch;
    private readonly Peer[] _ort;
    private readonly Peer _numpy;
    private readonly KernelRates _kernels = new();
    private readonly string _peers;
    private readonly string _mnist;

    public Race(float[] images, int[] labels, string model, string onnx, string pixels, string peers, string mnist)
    {
        (_peers, _mnist) = (peers, mnist);
        _networks = [new(images, labels, model, 1), new(images, labels, model, 2)];
        _torch = [.. new[] { 1, 2 }.Select(StartTorch)];
        _ort = [.. new[] { 1, 2 }.Select(threads => Peer.Start("ONNX Runtime", "node", [Path.Combine(peers, "ort_peer.mjs"), onnx, pixels, $"{threads}"], threads))];
        _numpy = Peer.Start("numpy", "/usr/bin/python3", [Path.Combine(peers, "numpy_peer.py")], 1);
        foreach (var network in _networks)
        {
            network.Train(4);
            network.Predict(Network.Batch, 3);
            network.Predict(1, 200);
        }

        if (_ort[0].Present)
            CheckOutputs(Path.ChangeExtension(pixels, ".out"));
    }

    public Figures Figures { get; } = new();

    public IEnumerable<string> PeerNames => _torch.Concat(_ort).Append(_numpy).Select(peer => peer.Name).Distinct();

    /// <summary>One round.</summary>
    public void Run(int round)
    {
        Figures.Round = round;
        foreach (var threads in new[] { 1, 2 })
        {
            var network = _networks[threads - 1];
            Peaks($"peak {threads} training", threads);
            var ours = Clock.Rate(Steps * Network.Batch, () => network.Train(Steps));
            Add($"training {threads}", threads, ours);
            Add($"training {threads} nchw", threads, _torch[threads - 1].Ask($"train {Steps} nchw"));
            Add($"training {threads} last", threads, _torch[threads - 1].Ask($"train {Steps} last"));
            Figures.Add($"training {threads} wall", ours.Wall);

            Peaks($"peak {threads} prediction", threads);
            ours = Clock.Rate(16 * Network.Batch, () => network.Predict(Network.Batch, 16));
            Add($"prediction {threads}", threads, ours);
            Figures.Add($"prediction {threads} wall", ours.Wall);
            Add($"prediction {threads} ort", threads, _ort[threads - 1].Ask($"predict {Network.Batch} 16"));
        }

        Peaks("peak 1 row", 1);
        Figures.Add("reading", Shoal.Bench.Kernels.Reading.Measure());
        Add("row", 1, Clock.Rate(1000, () => _networks[0].Predict(1, 1000)));
        Add("row ort", 1, _ort[0].Ask("predict 1 1000"));

        Figures.Add("product numpy", _numpy.Ask("product 1024 3").Processor);
        foreach (var (name, work, run) in _kernels.Kernels)
        {
            Peaks($"peak 1 {name}", 1);
            Figures.Add(name, KernelRates.Rate(work, run));
        }
    }

    /// <summary>What needs no rounds: bytes of a warm step, memory of a process that trains.</summary>
    public void Finish()
    {
        Figures.Add("bytes a step", _networks[1].BytesAStep());
        var program = Environment.GetCommandLineArgs()[0];
        foreach (var kind in new[] { "memory", "memory-floats" })
        {
            using var ours = Process.Start(new ProcessStartInfo("dotnet", [program, kind]) { RedirectStandardOutput = true })!;
            Figures.Add(kind, double.Parse(ours.StandardOutput.ReadToEnd().Split(' ')[1], CultureInfo.InvariantCulture));
        }

        using var torch = StartTorch(2);
        Figures.Add("memory torch", torch.Ask("memory").Wall);
    }

    public void Dispose()
    {
        foreach (var network in _networks)
            network.Dispose();
        foreach (var peer in _torch.Concat(_ort).Append(_numpy))
            peer.Dispose();
        _kernels.Dispose();
    }

    private Peer StartTorch(int threads) => Peer.Start("PyTorch", "/usr/bin/python3", [Path.Combine(_peers, "torch_peer.py"), _mnist, $"{threads}"], threads);

    private void Add(string name, int threads, (double? Wall, double? Processor) rate) => Figures.Add(name, Clock.For(threads, rate));

    /// <summary>The loop of fused multiply-adds, for a row of the table that is measured right after it.</summary>
    private void Peaks(string name, int threads)
    {
        var (wall, processor) = Shoal.Bench.Kernels.Peak.Measure(threads, threads == 1 ? 3 : 8);
        Add(name, threads, (wall, processor));
        Figures.Add($"{name} wall", wall);
    }

    /// <summary>A race is only one if both give the same answers.</summary>
    private void CheckOutputs(string path)
    {
        _ort[0].Ask($"outputs {path} {CheckedRows}");
        var theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path));
        var ours = _networks[0].Outputs(CheckedRows);
        var largest = 0f;
        for (var i = 0; i < ours.Length; i++)
            largest = Math.Max(largest, MathF.Abs(ours[i] - theirs[i]));
        if (!(largest <= 1e-5f))
            throw new InvalidOperationException($"ONNX Runtime and Shoal differ by {largest} in a probability of the same network: the race is void.");
        Figures.Add("largest difference", largest);
    }
}
