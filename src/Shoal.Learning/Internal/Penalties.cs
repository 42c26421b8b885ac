using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>What the sizes of some parameters cost: the part of the loss that does not depend on the rows.</summary>
internal sealed class Penalties
{
    private readonly Parameter[] _parameters;
    private readonly Workspace _workspace;
    private readonly Storage? _values;
    private readonly float[] _host;

    public Penalties(IEnumerable<Parameter> parameters, Workspace workspace)
    {
        (_parameters, _workspace) = ([.. parameters.Where(p => p.Trainable && p.Regularizer is not null)], workspace);
        _host = new float[_parameters.Length];
        _values = _host.Length == 0 ? null : workspace.Allocate(_host.Length);
    }

    /// <summary>The sum over the parameters, in their order.</summary>
    public double Sum()
    {
        if (_values is null)
            return 0;
        for (var i = 0; i < _parameters.Length; i++)
            _parameters[i].WritePenalty(_values, i);
        _workspace.Kernels.Read(_values, _host);
        var sum = 0.0;
        foreach (var value in _host)
            sum += value;
        return sum;
    }

    /// <summary>Adds their gradients to those of the loss.</summary>
    public void AddGradients()
    {
        foreach (var parameter in _parameters)
            parameter.AddPenaltyGradient();
    }

    public void Release()
    {
        if (_values is not null)
            _workspace.Free(_values);
    }
}
