using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>A user's own layer with several inputs, their sum.</summary>
internal sealed class Sum() : Layer("Sum", null)
{
    public override bool BackwardReadsInput => false;

    public override LayerPlan Plan(Shape input) => new(input);

    public override LayerPlan Plan(IReadOnlyList<Shape> inputs) => inputs.All(i => i.Equals(inputs[0]))
        ? new(inputs[0])
        : throw new ArgumentException($"got {string.Join(" and ", inputs)}, expected equal shapes.");

    public override void Forward(in Pass pass, Storage x, Storage y) => Forward(pass, [x], y);

    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Backward(pass, [x], y, dy, [dx]);

    public override void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y)
    {
        Kernels.Copy(x[0], pass.Rows * OutputShape.Size, y);
        for (var i = 1; i < x.Count; i++)
            Kernels.Accumulate(pass.Rows * OutputShape.Size, x[i], y);
    }

    public override void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx)
    {
        foreach (var gradient in dx)
        {
            if (gradient is not null)
                Kernels.Copy(dy, pass.Rows * OutputShape.Size, gradient);
        }
    }
}

/// <summary>A user's own layer that puts the values of its inputs side by side, by way of the host.</summary>
internal sealed class Join() : Layer("Join", null)
{
    public override bool BackwardReadsInput => false;

    public override LayerPlan Plan(Shape input) => new(input);

    public override LayerPlan Plan(IReadOnlyList<Shape> inputs) => new(new Shape(inputs.Sum(i => i.Size)));

    public override void Forward(in Pass pass, Storage x, Storage y) => Forward(pass, [x], y);

    public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx) => Backward(pass, [x], y, dy, [dx]);

    public override void Forward(in Pass pass, IReadOnlyList<Storage> x, Storage y)
    {
        for (var (i, at) = (0, 0); i < x.Count; at += InputShapes[i++].Size)
        {
            for (var row = 0; row < pass.Rows; row++)
                Move(x[i], row * InputShapes[i].Size, InputShapes[i].Size, y, row * OutputShape.Size + at);
        }
    }

    public override void Backward(in Pass pass, IReadOnlyList<Storage> x, Storage y, Storage dy, IReadOnlyList<Storage?> dx)
    {
        for (var (i, at) = (0, 0); i < x.Count; at += InputShapes[i++].Size)
        {
            for (var row = 0; row < pass.Rows && dx[i] is not null; row++)
                Move(dy, row * OutputShape.Size + at, InputShapes[i].Size, dx[i]!, row * InputShapes[i].Size);
        }
    }

    private void Move(Storage from, int offset, int length, Storage to, int place)
    {
        var values = new float[length];
        Kernels.Read(from, values, offset);
        Kernels.Write(values, to, place);
    }
}
