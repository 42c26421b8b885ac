using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>A layer on its own, as <see cref="GradientCheck"/> looks at it: its inputs and trainable parameters, its outputs with random weights.</summary>
internal sealed class LayerSubject : IGradientSubject
{
    private readonly Layer _layer;
    private readonly IKernels _kernels;
    private readonly Pass _pass;
    private readonly Storage[] _x;
    private readonly Storage _y;
    private readonly List<(Storage Storage, string Name, float[] Values, float[] Gradient)> _tensors = [];
    private readonly float[] _weights;

    public LayerSubject(Layer layer, IReadOnlyList<Shape> inputs, GradientCheckOptions options, Workspace workspace)
    {
        (_layer, _kernels, _pass) = (layer, workspace.Kernels, new(options.Rows, Training: true, options.Seed));
        var plan = layer.Plan(inputs);
        layer.Build(layer.Name.Length > 0 ? layer.Name : layer.DefaultName, 0, inputs, plan, workspace, () => { });
        _x = [.. inputs.Select(shape => workspace.Allocate(checked(options.Rows * shape.Size)))];
        _y = workspace.Allocate(checked(options.Rows * plan.Output.Size));
        _weights = Random(_y.Length, options.Seed, 0, 1, 0);
        for (var i = 0; i < _x.Length; i++)
            AddTensor(_x[i], _x.Length == 1 ? "x" : $"x{i}", Random(_x[i].Length, options.Seed, i + 1, options.Scale, options.Centre));
        for (var i = 0; i < plan.Parameters.Count; i++)
            AddParameter(layer.Parameters[i], plan.Parameters[i].Initializer, options, _x.Length + i + 1, workspace);
        Differentiate(workspace);
    }

    public IReadOnlyList<float> OutputWeights => _weights;

    public IReadOnlyList<(string Name, float[] Values, float[] Gradient)> Tensors => [.. _tensors.Select(t => (t.Name, t.Values, t.Gradient))];

    public void Set(int tensor, int index, float value) => _kernels.Write([value], _tensors[tensor].Storage, index);

    public void Evaluate(float[] outputs)
    {
        _layer.Forward(_pass, _x, _y);
        _kernels.Read(_y, outputs);
    }

    private static float[] Random(int length, ulong seed, int number, double scale, double centre)
    {
        var values = new float[length];
        Initializer.RandomUniform(centre - scale, centre + scale).Fill(values, Seeds.For(seed, Seeds.Use.Parameter, number));
        return values;
    }

    private void AddTensor(Storage storage, string name, float[] values)
    {
        _kernels.Write(values, storage);
        _tensors.Add((storage, name, values, new float[values.Length]));
    }

    private void AddParameter(Parameter parameter, Initializer initializer, GradientCheckOptions options, int number, Workspace workspace)
    {
        var values = new float[parameter.Shape.Size];
        initializer.Fill(values, Seeds.For(options.Seed, Seeds.Use.Parameter, -number));
        parameter.Set(values);
        if (!parameter.Trainable)
            return;
        if (options.ParameterNoise > 0)
        {
            var noise = Random(values.Length, options.Seed, number, options.ParameterNoise, 0);
            for (var i = 0; i < values.Length; i++)
                values[i] += noise[i];
            parameter.Set(values);
        }

        parameter.Gradient = workspace.Allocate(values.Length);
        AddTensor(parameter.Value, parameter.Name, values);
    }

    /// <summary>One backward pass, with NaN where the layer says that it does not look; then everything as before.</summary>
    private void Differentiate(Workspace workspace)
    {
        _layer.Forward(_pass, _x, _y);
        var dy = workspace.Allocate(_y.Length);
        _kernels.Write(_weights, dy);
        Storage[] dx = [.. _x.Select(x => workspace.Allocate(x.Length))];
        foreach (var x in _x.Where(_ => !_layer.BackwardReadsInput))
            _kernels.Fill(x, x.Length, float.NaN);
        if (!_layer.BackwardReadsOutput)
            _kernels.Fill(_y, _y.Length, float.NaN);
        _layer.Backward(_pass, _x, _y, dy, dx);
        var trainable = _layer.Parameters.Where(p => p.Trainable).ToArray();
        for (var i = 0; i < _tensors.Count; i++)
        {
            _kernels.Read(i < dx.Length ? dx[i] : trainable[i - dx.Length].Gradient!, _tensors[i].Gradient);
            _kernels.Write(_tensors[i].Values, _tensors[i].Storage);
        }
    }
}
