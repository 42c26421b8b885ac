using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>An optimizer with parameters and gradients of its own.</summary>
internal sealed class OptimizerBench : IDisposable
{
    private readonly Workspace _workspace;
    private readonly Parameter[] _parameters;

    public OptimizerBench(Optimizer optimizer, params float[][] weights)
        : this(optimizer, TestKernels.Create("cpu"), weights)
    {
    }

    public OptimizerBench(Optimizer optimizer, IKernels kernels, params float[][] weights)
    {
        (Optimizer, _workspace) = (optimizer, new(kernels, ownsKernels: true));
        _parameters =
        [
            .. weights.Select((w, i) => new Parameter($"w{i}", new($"w{i}", [w.Length], Initializer.Zeros), _workspace, () => { })
            {
                Gradient = _workspace.Allocate(w.Length),
            }),
        ];
        for (var i = 0; i < weights.Length; i++)
            _parameters[i].Set(weights[i]);
        optimizer.Attach(this, _parameters, _workspace);
    }

    public Optimizer Optimizer { get; }

    public float[] Weights => Of(0);

    public IKernels Kernels => _workspace.Kernels;

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public float[] Of(int parameter) => _parameters[parameter].ToArray();

    public OptimizerState Capture() => Optimizer.Capture(_workspace.Kernels, _parameters);

    public void Restore(OptimizerState state) => Optimizer.Restore(state, _workspace.Kernels, _parameters);

    public void Step(params float[][] gradients)
    {
        for (var i = 0; i < gradients.Length; i++)
            _workspace.Kernels.Write(gradients[i], _parameters[i].Gradient!);
        Optimizer.Step(_workspace.Kernels, _parameters);
    }

    public void Dispose() => _workspace.Dispose();
}
