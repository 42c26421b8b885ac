using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>LSTM with gates in the order i, o, f, c, with or without peepholes.</summary>
/// <remarks>Source: https://onnx.ai/onnx/operators/onnx__LSTM.html. Steps behind a row's length give 0 and keep the state.</remarks>
internal static class Lstm
{
    private const int Gates = 4;

    public static OnnxTensor[] Run(OnnxCall call)
    {
        var net = new Recurrence(call, Gates);
        if (call.Flag("input_forget", false))
            throw call.Unsupported("couples input and forget gates");
        net.Expect("Sigmoid", "Tanh", "Tanh");
        var (hidden, cell) = (net.State(5), net.State(6));
        var peepholes = call.Optional(7) is { } p ? net.Doubles(net.Expect(p, net.Directions, 3 * net.Hidden)) : null;
        var sequence = new double[call.Reserve((long)net.Steps * net.Directions * net.Batch * net.Hidden, sizeof(double))];
        for (var direction = 0; direction < net.Directions; direction++)
        {
            for (var row = 0; row < net.Batch; row++)
            {
                var state = ((direction * net.Batch) + row) * net.Hidden;
                var (h, c) = (hidden.AsSpan(state, net.Hidden).ToArray(), cell.AsSpan(state, net.Hidden).ToArray());
                foreach (var step in net.StepsOf(direction, row))
                {
                    (h, c) = Step(net, direction, row, step, h, c, peepholes);
                    h.CopyTo(sequence, ((((step * net.Directions) + direction) * net.Batch) + row) * net.Hidden);
                }

                h.CopyTo(hidden, state);
                c.CopyTo(cell, state);
            }
        }

        return [net.Sequence(sequence), net.Last(hidden), net.Last(cell)];
    }

    private static (double[] Hidden, double[] Cell) Step(
        Recurrence net, int direction, int row, int step, double[] hidden, double[] cell, double[]? peepholes)
    {
        var (h, c) = (new double[net.Hidden], new double[net.Hidden]);
        for (var unit = 0; unit < h.Length; unit++)
        {
            var i = SpecialFunctions.Sigmoid(net.Clipped(Gate(0) + Peephole(0, cell[unit])));
            var f = SpecialFunctions.Sigmoid(net.Clipped(Gate(2) + Peephole(2, cell[unit])));
            c[unit] = (f * cell[unit]) + (i * SpecialFunctions.Tanh(net.Clipped(Gate(3))));
            var o = SpecialFunctions.Sigmoid(net.Clipped(Gate(1) + Peephole(1, c[unit])));
            h[unit] = o * SpecialFunctions.Tanh(c[unit]);

            double Gate(int gate) => net.FromInput(direction, gate, unit, step, row) + net.FromState(direction, gate, unit, hidden)
                + net.Bias(direction, gate, unit, ofState: false) + net.Bias(direction, gate, unit, ofState: true);

            double Peephole(int gate, double value) => peepholes is null ? 0 : peepholes[(((direction * 3) + gate) * net.Hidden) + unit] * value;
        }

        return (h, c);
    }
}
