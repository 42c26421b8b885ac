using Shoal.Numerics;

namespace Shoal.Learning.Onnx;

/// <summary>GRU with gates in the order z, r, h; the reset gate works before the product with R, or behind it (linear_before_reset).</summary>
/// <remarks>Source: https://onnx.ai/onnx/operators/onnx__GRU.html. Steps behind a row's length give 0 and keep the state.</remarks>
internal static class Gru
{
    private const int Gates = 3;

    public static OnnxTensor[] Run(OnnxCall call)
    {
        var net = new Recurrence(call, Gates);
        net.Expect("Sigmoid", "Tanh");
        var resetBehind = call.Flag("linear_before_reset", false);
        var hidden = net.State(5);
        var sequence = new double[call.Reserve((long)net.Steps * net.Directions * net.Batch * net.Hidden, sizeof(double))];
        for (var direction = 0; direction < net.Directions; direction++)
        {
            for (var row = 0; row < net.Batch; row++)
            {
                var state = ((direction * net.Batch) + row) * net.Hidden;
                var h = hidden.AsSpan(state, net.Hidden).ToArray();
                foreach (var step in net.StepsOf(direction, row))
                {
                    h = Step(net, direction, row, step, h, resetBehind);
                    h.CopyTo(sequence, ((((step * net.Directions) + direction) * net.Batch) + row) * net.Hidden);
                }

                h.CopyTo(hidden, state);
            }
        }

        return [net.Sequence(sequence), net.Last(hidden)];
    }

    private static double[] Step(Recurrence net, int direction, int row, int step, double[] hidden, bool resetBehind)
    {
        var (update, reset, scaled, h) = (new double[net.Hidden], new double[net.Hidden], new double[net.Hidden], new double[net.Hidden]);
        for (var unit = 0; unit < h.Length; unit++)
        {
            update[unit] = SpecialFunctions.Sigmoid(net.Clipped(Input(0, unit) + State(0, unit, hidden)));
            reset[unit] = SpecialFunctions.Sigmoid(net.Clipped(Input(1, unit) + State(1, unit, hidden)));
            scaled[unit] = reset[unit] * hidden[unit];
        }

        for (var unit = 0; unit < h.Length; unit++)
        {
            var fromState = resetBehind ? reset[unit] * State(2, unit, hidden) : State(2, unit, scaled);
            var candidate = SpecialFunctions.Tanh(net.Clipped(Input(2, unit) + fromState));
            h[unit] = ((1 - update[unit]) * candidate) + (update[unit] * hidden[unit]);
        }

        return h;

        double Input(int gate, int unit) => net.FromInput(direction, gate, unit, step, row) + net.Bias(direction, gate, unit, ofState: false);

        double State(int gate, int unit, double[] state) => net.FromState(direction, gate, unit, state) + net.Bias(direction, gate, unit, ofState: true);
    }
}
