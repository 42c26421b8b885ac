using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    private const int LstmGates = 4;
    private const int GruGates = 3;

    /// <inheritdoc/>
    public void LstmForward(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, LstmCache? cache, Storage y)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Steps;
        var p = Pointers(shape, LstmGates, x, mask, kernel, recurrentKernel);
        p.Bias = Source(bias, LstmGates * (long)shape.Units).Pointer;
        if (cache is { } kept)
        {
            p.Gates = Destination(kept.Gates, places * LstmGates * shape.Units).Pointer;
            p.Second = Destination(kept.Cells, places * shape.Units).Pointer;
            p.States = Destination(kept.States, places * shape.Units).Pointer;
        }

        p.Y = Destination(y, shape.OutputLength).Pointer;
        _engine.LstmForward(shape, p);
        KeepAlive(x, mask, kernel, recurrentKernel, bias, cache?.Gates, cache?.Cells, cache?.States, y);
    }

    /// <inheritdoc/>
    public void LstmGradient(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, LstmCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Steps;
        var p = Pointers(shape, LstmGates, x, mask, kernel, recurrentKernel);
        p.Second = Source(cache.Cells, places * shape.Units).Pointer;
        p.Gates = Destination(cache.Gates, places * LstmGates * shape.Units).Pointer;
        p.States = Source(cache.States, places * shape.Units).Pointer;
        p.Y = Source(dy, shape.OutputLength).Pointer;
        p.DBias = Destination(dBias, LstmGates * (long)shape.Units).Pointer;
        Gradients(ref p, shape, LstmGates, dKernel, dRecurrentKernel, dx);
        _engine.LstmGradient(shape, p);
        KeepAlive(x, mask, kernel, recurrentKernel, cache.Gates, cache.Cells, cache.States, dy, dKernel, dRecurrentKernel, dBias, dx);
    }

    /// <inheritdoc/>
    public void GruForward(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, GruCache? cache, Storage y)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Steps;
        var p = Pointers(shape, GruGates, x, mask, kernel, recurrentKernel);
        p.Bias = Source(bias, BiasLength(shape, resetAfter)).Pointer;
        if (cache is { } kept)
        {
            p.Gates = Destination(kept.Gates, places * GruGates * shape.Units).Pointer;
            p.Second = Destination(kept.Recurrent, RecurrentLength(shape, resetAfter)).Pointer;
            p.States = Destination(kept.States, places * shape.Units).Pointer;
        }

        p.Y = Destination(y, shape.OutputLength).Pointer;
        _engine.GruForward(shape, resetAfter, p);
        KeepAlive(x, mask, kernel, recurrentKernel, bias, cache?.Gates, cache?.Recurrent, cache?.States, y);
    }

    /// <inheritdoc/>
    public void GruGradient(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, GruCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Steps;
        var p = Pointers(shape, GruGates, x, mask, kernel, recurrentKernel);
        p.Gates = Destination(cache.Gates, places * GruGates * shape.Units).Pointer;
        p.Second = Destination(cache.Recurrent, RecurrentLength(shape, resetAfter)).Pointer;
        p.States = Source(cache.States, places * shape.Units).Pointer;
        p.Y = Source(dy, shape.OutputLength).Pointer;
        p.DBias = Destination(dBias, BiasLength(shape, resetAfter)).Pointer;
        Gradients(ref p, shape, GruGates, dKernel, dRecurrentKernel, dx);
        _engine.GruGradient(shape, resetAfter, p);
        KeepAlive(x, mask, kernel, recurrentKernel, cache.Gates, cache.Recurrent, cache.States, dy, dKernel, dRecurrentKernel, dBias, dx);
    }

    private static RecurrentPointers Pointers(
        in RecurrentShape s, int gates, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, [CallerMemberName] string caller = "")
    {
        var places = (long)s.Rows * s.Steps;
        return new()
        {
            X = Source(x, places * s.Inputs, kernel: caller).Pointer,
            Mask = Pointer(Optional(mask, places, kernel: caller)),
            Kernel = Source(kernel, (long)s.Inputs * gates * s.Units, kernel: caller).Pointer,
            Recurrent = Source(recurrentKernel, (long)s.Units * gates * s.Units, kernel: caller).Pointer,
        };
    }

    private static void Gradients(
        ref RecurrentPointers p, in RecurrentShape s, int gates, Storage dKernel, Storage dRecurrentKernel, Storage? dx, [CallerMemberName] string caller = "")
    {
        p.DKernel = Destination(dKernel, (long)s.Inputs * gates * s.Units, kernel: caller).Pointer;
        p.DRecurrent = Destination(dRecurrentKernel, (long)s.Units * gates * s.Units, kernel: caller).Pointer;
        p.Dx = Pointer(OptionalDestination(dx, (long)s.Rows * s.Steps * s.Inputs, kernel: caller));
    }

    private static long BiasLength(in RecurrentShape s, bool resetAfter) => (resetAfter ? 2L : 1L) * GruGates * s.Units;

    private static long RecurrentLength(in RecurrentShape s, bool resetAfter) => (long)s.Rows * s.Steps * (resetAfter ? GruGates : 1) * s.Units;

    private static void Check(in RecurrentShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Rows < 1 || s.Steps < 1 || s.Inputs < 1 || s.Units < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; rows, steps, inputs and units must be 1 or more.");
    }
}
