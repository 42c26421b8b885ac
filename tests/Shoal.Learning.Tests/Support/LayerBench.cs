using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>One layer on its own, with its buffers.</summary>
internal sealed class LayerBench : IDisposable
{
    private readonly Workspace _workspace;

    public LayerBench(Layer layer, Shape input, int rows, IKernels kernels)
        : this(layer, (IReadOnlyList<Shape>)[input], rows, kernels)
    {
    }

    public LayerBench(Layer layer, IReadOnlyList<Shape> inputs, int rows, IKernels kernels)
    {
        (Layer, Rows) = (layer, rows);
        _workspace = new Workspace(kernels, ownsKernels: true);
        var plan = layer.Plan(inputs);
        layer.Build("layer", 0, inputs, plan, _workspace, () => { });
        foreach (var (parameter, i) in layer.Parameters.Select((p, i) => (p, i)))
        {
            var values = new float[parameter.Shape.Size];
            plan.Parameters[i].Initializer.Fill(values, (ulong)i);
            parameter.Set(values);
            parameter.Gradient = _workspace.Allocate(values.Length);
        }

        Xs = [.. inputs.Select(input => _workspace.Allocate(rows * input.Size))];
        Dxs = [.. inputs.Select(input => _workspace.Allocate(rows * input.Size))];
        Y = _workspace.Allocate(rows * plan.Output.Size);
        Dy = _workspace.Allocate(rows * plan.Output.Size);
    }

    public Layer Layer { get; }

    public int Rows { get; }

    public Storage[] Xs { get; }

    public Storage[] Dxs { get; }

    public Storage X => Xs[0];

    public Storage Y { get; }

    public Storage Dx => Dxs[0];

    public Storage Dy { get; }

    public IKernels Kernels => _workspace.Kernels;

    public float[] Forward(float[] x, bool training)
    {
        Kernels.Write(x, X);
        Layer.Forward(new(Rows, training), X, Y);
        return Read(Y);
    }

    public float[] Backward(float[] dy, bool training = true)
    {
        Kernels.Write(dy, Dy);
        Layer.Backward(new(Rows, training), X, Y, Dy, Dx);
        return Read(Dx);
    }

    public Parameter Parameter(string name) => Layer.Parameters.Single(p => p.Name == "layer/" + name);

    public float[] Read(Storage storage)
    {
        var values = new float[storage.Length];
        Kernels.Read(storage, values);
        return values;
    }

    public void Dispose() => _workspace.Dispose();
}
